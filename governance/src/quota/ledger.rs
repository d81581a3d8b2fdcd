//! The ledger: reserve before, settle or refund after.
//!
//! Law 17: for every account with a limit, `reserved + spent ≤ limit` after every operation, from
//! however many threads. One mutex guards the book and every operation is one critical section, so
//! the law has to hold of a sequential model only.

use super::{limits::Quotas, period::Period};
use crate::credits::Credits;
use chrono::{DateTime, Utc};
use std::{
    collections::BTreeMap,
    ops::RangeInclusive,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The book of all accounts. Cheap to share; share one among all engines that one quota is for.
#[derive(Debug)]
pub struct Ledger {
    quotas: Quotas,
    book: Mutex<Book>,
}

type Key = (Option<String>, Period);

#[derive(Debug, Default)]
struct Book {
    /// Months never go back, else a clock set back would find last month's account empty.
    latest: Option<Period>,
    /// What was settled since the ledger was made.
    settled: Credits,
    accounts: BTreeMap<Key, Account>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Account {
    spent: Credits,
    reserved: Credits,
    running: u32,
}

/// The state of one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// The month that it is for.
    pub period: Period,
    /// Credits of the month; absent for unlimited.
    pub limit: Option<Credits>,
    /// Settled so far.
    pub spent: Credits,
    /// Set aside for running statements.
    pub reserved: Credits,
    /// Statements running now, also those that began in an earlier month.
    pub running: u32,
}

/// Why there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Exceeded {
    /// The month's credits do not suffice.
    #[error(
        "the statement costs {asked} credits, and of {limit} for {period} {spent} are spent and \
         {reserved} reserved"
    )]
    Credits {
        /// What was asked for.
        asked: Credits,
        /// The month's limit.
        limit: Credits,
        /// Settled so far.
        spent: Credits,
        /// Set aside for other statements.
        reserved: Credits,
        /// The month.
        period: Period,
    },
    /// As many statements run as may.
    #[error("{running} statements of the principal are running and {limit} may")]
    Concurrency {
        /// How many may.
        limit: u32,
        /// How many do.
        running: u32,
    },
}

impl Ledger {
    /// An empty ledger with these limits.
    pub fn new(quotas: Quotas) -> Arc<Self> {
        Arc::new(Self { quotas, book: Mutex::default() })
    }

    /// The limits.
    pub fn quotas(&self) -> &Quotas {
        &self.quotas
    }

    /// Counts credits that were spent before this ledger was made, for example those of the month's
    /// audit records. This may leave an account above its limit, where the limit was lowered in
    /// between; nothing more can be reserved on it then.
    pub fn restore(&self, principal: Option<&str>, at: DateTime<Utc>, spent: Credits) {
        if spent == Credits::ZERO {
            return;
        }
        let mut book = self.book();
        let account =
            book.accounts.entry((principal.map(str::to_owned), Period::of(at))).or_default();
        account.spent = account.spent.saturating_add(spent);
    }

    /// Credits settled since the ledger was made, of all principals; what was restored does not count.
    pub fn settled(&self) -> Credits {
        self.book().settled
    }

    /// Sets `amount` aside for a statement of `principal` that starts at `at`.
    ///
    /// # Errors
    /// There is no room; nothing changes then.
    pub fn reserve(
        self: &Arc<Self>,
        principal: Option<&str>,
        at: DateTime<Utc>,
        amount: Credits,
    ) -> Result<Reservation, Exceeded> {
        let limits = self.quotas.of(principal);
        let mut book = self.book();
        let period = book.latest.map_or(Period::of(at), |latest| latest.max(Period::of(at)));
        book.latest = Some(period);
        let key = (principal.map(str::to_owned), period);

        let running = book.running(principal);
        if let Some(limit) = limits.concurrent_max
            && running >= limit
        {
            return Err(Exceeded::Concurrency { limit, running });
        }
        let account = book.accounts.get(&key).copied().unwrap_or_default();
        let reserved = account.room_for(amount, limits.credits_a_month_milli, period)?;
        book.forget_before(&key);
        let account = book.accounts.entry(key.clone()).or_default();
        account.reserved = reserved;
        account.running = account.running.saturating_add(1);
        drop(book);
        Ok(Reservation { ledger: Arc::clone(self), key, amount })
    }

    /// The account of `principal` in the month of `at`.
    pub fn balance(&self, principal: Option<&str>, at: DateTime<Utc>) -> Balance {
        let key = (principal.map(str::to_owned), Period::of(at));
        let book = self.book();
        let account = book.accounts.get(&key).copied().unwrap_or_default();
        Balance {
            period: key.1,
            limit: self.quotas.of(principal).credits_a_month_milli,
            spent: account.spent,
            reserved: account.reserved,
            running: book.running(principal),
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // No critical section can panic half-way through a change.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn running(&self, principal: Option<&str>) -> u32 {
        self.accounts
            .range(all_of(principal))
            .fold(0, |sum, (_, account)| sum.saturating_add(account.running))
    }

    /// Drops closed accounts of past months, so that the book does not grow with time.
    fn forget_before(&mut self, (principal, period): &Key) {
        let closed: Vec<Key> = self
            .accounts
            .range(all_of(principal.as_deref()))
            .filter(|((_, of), account)| of < period && account.running == 0)
            .map(|(key, _)| key.clone())
            .collect();
        for key in closed {
            self.accounts.remove(&key);
        }
    }
}

fn all_of(principal: Option<&str>) -> RangeInclusive<Key> {
    let key = |period| (principal.map(str::to_owned), period);
    key(Period::FIRST)..=key(Period::LAST)
}

impl Account {
    /// What would be reserved with `amount` more.
    fn room_for(
        &self,
        amount: Credits,
        limit: Option<Credits>,
        period: Period,
    ) -> Result<Credits, Exceeded> {
        let reserved = self.reserved.checked_add(amount);
        match (limit, reserved) {
            (None, reserved) => Ok(reserved.unwrap_or(Credits::from_milli(u64::MAX))),
            (Some(limit), Some(reserved))
                if reserved.checked_add(self.spent).is_some_and(|sum| sum <= limit) =>
            {
                Ok(reserved)
            }
            (Some(limit), _) => Err(Exceeded::Credits {
                asked: amount,
                limit,
                spent: self.spent,
                reserved: self.reserved,
                period,
            }),
        }
    }
}

/// Credits set aside for one running statement. Dropping it refunds them, so no path of a statement
/// can forget to.
#[derive(Debug)]
pub struct Reservation {
    ledger: Arc<Ledger>,
    key: Key,
    amount: Credits,
}

impl Reservation {
    /// What is set aside.
    pub fn amount(&self) -> Credits {
        self.amount
    }

    /// The month that pays, whenever the statement ends.
    pub fn period(&self) -> Period {
        self.key.1
    }

    /// Changes what is set aside, when the real cost is known.
    ///
    /// # Errors
    /// There is no room for the difference; the old amount stays then.
    pub fn adjust(&mut self, amount: Credits) -> Result<(), Exceeded> {
        let limit = self.ledger.quotas.of(self.key.0.as_deref()).credits_a_month_milli;
        let mut book = self.ledger.book();
        if let Some(account) = book.accounts.get_mut(&self.key) {
            let others =
                Account { reserved: account.reserved.saturating_sub(self.amount), ..*account };
            account.reserved = others.room_for(amount, limit, self.key.1)?;
        }
        self.amount = amount;
        Ok(())
    }

    /// Spends what is set aside.
    pub fn settle(mut self) -> Credits {
        let amount = std::mem::take(&mut self.amount);
        let mut book = self.ledger.book();
        if let Some(account) = book.accounts.get_mut(&self.key) {
            account.reserved = account.reserved.saturating_sub(amount);
            account.spent = account.spent.saturating_add(amount);
        }
        book.settled = book.settled.saturating_add(amount);
        drop(book);
        // Dropping `self` ends the statement's run, with nothing left to refund.
        amount
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut book = self.ledger.book();
        let Some(account) = book.accounts.get_mut(&self.key) else { return };
        account.reserved = account.reserved.saturating_sub(self.amount);
        account.running = account.running.saturating_sub(1);
        if *account == Account::default() {
            book.accounts.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quota::Limits;

    fn ledger(credits: Option<u64>, concurrent: Option<u32>) -> Arc<Ledger> {
        Ledger::new(Quotas {
            default: Limits {
                credits_a_month_milli: credits.map(Credits::from_milli),
                concurrent_max: concurrent,
                rows_a_query_max: None,
            },
            ..Quotas::default()
        })
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    const ONE: Credits = Credits::from_milli(1_000);

    #[test]
    fn a_full_account_refuses_and_a_refund_makes_room() {
        let (ledger, now) = (ledger(Some(2_000), None), at("2026-03-01T00:00:00Z"));
        let first = ledger.reserve(Some("ana"), now, ONE).unwrap();
        let second = ledger.reserve(Some("ana"), now, ONE).unwrap();
        let refused = ledger.reserve(Some("ana"), now, Credits::from_milli(1)).unwrap_err();
        assert!(matches!(refused, Exceeded::Credits { .. }), "{refused}");
        drop(first);
        assert_eq!(second.settle(), ONE);
        let balance = ledger.balance(Some("ana"), now);
        assert_eq!((balance.spent, balance.reserved, balance.running), (ONE, Credits::ZERO, 0));
        assert!(ledger.reserve(Some("ana"), now, ONE).is_ok());
        assert!(ledger.reserve(Some("bob"), now, ONE).is_ok(), "accounts are apart");
    }

    #[test]
    fn the_month_that_reserved_pays() {
        let ledger = ledger(Some(1_000), None);
        let (march, april) = (at("2026-03-31T23:59:59.999999Z"), at("2026-04-01T00:00:00Z"));
        let running = ledger.reserve(None, march, ONE).unwrap();
        ledger.reserve(None, april, ONE).unwrap().settle();
        running.settle();
        assert_eq!(ledger.balance(None, march).spent, ONE);
        assert_eq!(ledger.balance(None, april).spent, ONE);
    }

    #[test]
    fn a_clock_set_back_finds_no_fresh_month() {
        let ledger = ledger(Some(1_000), None);
        ledger.reserve(None, at("2026-04-01T00:00:00Z"), ONE).unwrap().settle();
        assert!(ledger.reserve(None, at("2026-03-01T00:00:00Z"), ONE).is_err());
    }

    #[test]
    fn concurrency_counts_running_statements_of_all_months() {
        let ledger = ledger(None, Some(1));
        let running = ledger.reserve(None, at("2026-03-31T00:00:00Z"), ONE).unwrap();
        let refused = ledger.reserve(None, at("2026-04-01T00:00:00Z"), ONE).unwrap_err();
        assert_eq!(refused, Exceeded::Concurrency { limit: 1, running: 1 });
        drop(running);
        assert!(ledger.reserve(None, at("2026-04-01T00:00:00Z"), ONE).is_ok());
    }

    #[test]
    fn adjusting_holds_the_limit_and_keeps_the_old_amount_on_refusal() {
        let (ledger, now) = (ledger(Some(3_000), None), at("2026-03-01T00:00:00Z"));
        let mut one = ledger.reserve(None, now, ONE).unwrap();
        let _other = ledger.reserve(None, now, ONE).unwrap();
        assert!(one.adjust(Credits::from_milli(2_001)).is_err());
        assert_eq!(one.amount(), ONE);
        one.adjust(Credits::from_milli(2_000)).unwrap();
        assert_eq!(ledger.balance(None, now).reserved.milli(), 3_000);
        one.adjust(Credits::ZERO).unwrap();
        assert_eq!(ledger.balance(None, now).reserved, ONE);
    }

    #[test]
    fn restored_spending_counts_and_may_exceed_a_lowered_limit() {
        let (ledger, now) = (ledger(Some(1_000), None), at("2026-03-01T00:00:00Z"));
        ledger.restore(Some("ana"), now, Credits::from_milli(5_000));
        assert!(ledger.reserve(Some("ana"), now, Credits::from_milli(1)).is_err());
        assert!(ledger.reserve(Some("ana"), at("2026-04-01T00:00:00Z"), ONE).is_ok());
    }

    #[test]
    fn the_book_does_not_grow_with_time_or_idle_principals() {
        let ledger = ledger(None, None);
        for month in 1..=12 {
            let now = at(&format!("2026-{month:02}-01T00:00:00Z"));
            ledger.reserve(Some("ana"), now, ONE).unwrap().settle();
            drop(ledger.reserve(Some(&format!("user{month}")), now, ONE).unwrap());
        }
        assert_eq!(ledger.book().accounts.len(), 1);
    }

    #[test]
    fn unlimited_never_overflows() {
        let (ledger, now) = (ledger(None, None), at("2026-03-01T00:00:00Z"));
        let most = Credits::from_milli(u64::MAX);
        ledger.reserve(None, now, most).unwrap().settle();
        ledger.reserve(None, now, most).unwrap().settle();
        assert_eq!(ledger.balance(None, now).spent, most);
    }
}
