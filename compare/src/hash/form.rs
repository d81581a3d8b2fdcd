//! In which form the values of a column are hashed: the same for both sides, but for what cannot be
//! equal at all.

use crate::{kind::Meet, number::Exact};
use arrow::datatypes::{DataType, Field};
use model::{Side, logical};

/// Numbers whose type names no scale are hashed at this one, if they fit.
const OPEN_SCALE: u32 = 18;

/// The form of one column, or of a part of its values.
#[derive(Debug, Clone)]
pub(super) enum Form {
    /// What hashes in one way only, whatever the other side is.
    Plain,
    Int,
    /// Exact numbers.
    Exact(Scale),
    /// Exact numbers on one side, floats on the other.
    Number(Scale),
    Text,
    Json,
    List(Box<Form>),
    Struct(Vec<Form>),
    Map(Box<Form>, Box<Form>),
    /// Whatever it is, it equals nothing of the other side.
    Stranger(Side),
}

/// The scale at which most numbers of a column are integers of 128 bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    /// Digits after the point.
    pub(super) digits: u32,
    /// `5^digits`, where it fits: what divides a number that a float holds exactly.
    fives: Option<i128>,
}

impl Form {
    /// The form of a column of `side` that the sides have as these fields.
    pub(super) fn of(side: Side, meet: &Meet, sides: [&Field; 2]) -> Self {
        let digits = sides.map(scale_of).into_iter().max().unwrap_or(0);
        Self::with(side, meet, Scale::new(digits))
    }

    fn with(side: Side, meet: &Meet, scale: Scale) -> Self {
        match meet {
            Meet::Int => Self::Int,
            Meet::Exact => Self::Exact(scale),
            Meet::Number => Self::Number(scale),
            Meet::Text => Self::Text,
            Meet::Json => Self::Json,
            Meet::List(item) => Self::List(Box::new(Self::with(side, item, scale))),
            Meet::Struct(fields) => {
                Self::Struct(fields.iter().map(|meet| Self::with(side, meet, scale)).collect())
            }
            Meet::Map(key, value) => Self::Map(
                Box::new(Self::with(side, key, scale)),
                Box::new(Self::with(side, value, scale)),
            ),
            Meet::Disjoint => Self::Stranger(side),
            Meet::Null
            | Meet::Bool
            | Meet::Float
            | Meet::Bytes
            | Meet::Uuid
            | Meet::Date
            | Meet::Time
            | Meet::Instant
            | Meet::Interval => Self::Plain,
        }
    }
}

impl Scale {
    pub(super) fn new(digits: u32) -> Self {
        Self { digits, fives: 5_i128.checked_pow(digits) }
    }

    /// The float that is exactly `scaled × 10^-digits`, if there is one.
    #[expect(clippy::cast_precision_loss, reason = "what has 53 bits or fewer loses nothing")]
    pub(super) fn exact_float(&self, scaled: i128) -> Option<f64> {
        if scaled == 0 {
            return Some(0.0);
        }
        let digits = i32::try_from(self.digits).ok()?;
        let Some(fives) = self.fives else {
            return Exact::from_scaled(scaled, digits.into()).as_exact_f64();
        };
        // scaled × 10^-digits = (scaled / 5^digits) × 2^-digits
        if scaled % fives != 0 {
            return None;
        }
        let twos = scaled / fives;
        let odd = twos.unsigned_abs() >> twos.trailing_zeros();
        (odd < 1 << f64::MANTISSA_DIGITS).then(|| twos as f64 * 2_f64.powi(-digits))
    }
}

/// The largest scale in a type, at any depth.
fn scale_of(field: &Field) -> u32 {
    if logical::extension_name(field) == Some(logical::NUMERIC) {
        return OPEN_SCALE;
    }
    scale_of_type(field.data_type())
}

fn scale_of_type(data_type: &DataType) -> u32 {
    match data_type {
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale)
        | DataType::Decimal256(_, scale) => u32::try_from(*scale).unwrap_or(0),
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _)
        | DataType::Map(item, _)
        | DataType::RunEndEncoded(_, item) => scale_of(item),
        DataType::Struct(fields) => fields.iter().map(|field| scale_of(field)).max().unwrap_or(0),
        DataType::Dictionary(_, values) => scale_of_type(values),
        _ => 0,
    }
}
