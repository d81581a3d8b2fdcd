//! Card numbers: 13 to 19 digits whose check digit is right (ISO/IEC 7812-1, Luhn).

use super::chain::{Chain, Group};
use std::ops::{Range, RangeInclusive};

static LENGTHS: RangeInclusive<usize> = 13..=19;

pub(super) fn find(chain: &Chain) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for start in 0..chain.groups.len() {
        let mut digits: Vec<u8> = Vec::new();
        for end in start..chain.groups.len() {
            let Some(groups) = chain.groups.get(start..=end) else { break };
            let Some(last) = groups.last() else { break };
            digits.extend(&last.digits);
            if digits.len() > *LENGTHS.end() {
                break;
            }
            if LENGTHS.contains(&digits.len()) && luhn(&digits) {
                found.extend(Chain::range(groups));
            }
        }
    }
    found.extend(chain.groups.iter().filter(|group| holds_one(group)).map(|g| g.range.clone()));
    found
}

/// A longer run of digits in which a card number may be hidden.
fn holds_one(group: &Group) -> bool {
    group.digits.len() > *LENGTHS.end()
        && LENGTHS.clone().any(|length| group.digits.windows(length).any(luhn))
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit)) {
            (0, digit) => digit,
            (_, digit) if digit < 5 => digit * 2,
            (_, digit) => digit * 2 - 9,
        })
        .sum();
    sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != 0)
}

#[cfg(test)]
mod tests {
    use super::super::personal;

    #[test]
    fn finds_cards_however_they_are_grouped() {
        for card in [
            "4111111111111111",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "378282246310005",
            "3782 822463 10005",
            "4222222222222",
            "6304000000000000000",
            "４111111111111111",
        ] {
            assert_eq!(personal(&format!("x {card} y")), "x [card] y", "{card}");
            assert_eq!(personal(&format!("card{card}y")), "card[card]y", "{card}");
        }
        assert_eq!(personal("7 4111111111111111"), "7 [card]");
        assert_eq!(personal("99994111111111111111999999"), "[card]");
    }

    #[test]
    fn a_wrong_check_digit_is_no_card() {
        for number in ["4111111111111112", "9223372036854775807"] {
            assert_eq!(personal(number), number);
        }
    }
}
