//! Recording an item with answers that another run recorded.

use super::{Record, SideRecord, Store, StoreError, record::Names, retained};
use crate::checkpoint::Checkpoint;
use model::{Judgement, Outcome, report::ItemReport};

impl Store {
    /// Records `judgement` on the item that `source` recorded as `item`: with its answers, attempts
    /// and retained results, which both runs then share. Completely, or not at all.
    ///
    /// # Errors
    /// As [`Store::record`]; a retained result of `source` is missing.
    pub fn adopt(
        &self,
        source: &Self,
        item: &ItemReport,
        judgement: &Judgement,
    ) -> Result<(), StoreError> {
        let index = item.item.index;
        let outcomes: Vec<&Outcome> =
            [&item.legacy, &item.governed].into_iter().flatten().collect();
        let attempts = outcomes.iter().map(|outcome| source.attempts(index, outcome.side));
        let attempts = attempts.collect::<Result<Vec<_>, _>>()?;
        let sides: Vec<SideRecord<'_>> = outcomes
            .iter()
            .zip(&attempts)
            .map(|(outcome, attempts)| SideRecord {
                outcome: (*outcome).clone(),
                rows: None,
                again_rows: None,
                wide_rows: None,
                attempts,
            })
            .collect();
        self.record_with(&Record { index, judgement, sides: &sides, lag: item.lag }, |results| {
            let mut share = |retained: Option<&String>, name: String| {
                if retained.is_none() {
                    return Ok(None);
                }
                results.placed.push(self.folder().join(&name));
                retained::adopt(&source.folder().join(&name), self.folder(), &name)?;
                self.reached(Checkpoint::AfterResultFile, index);
                Ok::<_, StoreError>(Some(name))
            };
            let names = outcomes.iter().map(|outcome| {
                let again = outcome.again.as_ref().and_then(|again| again.retained.as_ref());
                let wide = outcome.wide.as_ref().and_then(|wide| wide.outcome.retained.as_ref());
                Ok(Names {
                    first: share(outcome.retained.as_ref(), retained::name(index, outcome.side))?,
                    again: share(again, retained::name_again(index, outcome.side))?,
                    wide: share(wide, retained::name_wide(index, outcome.side))?,
                })
            });
            names.collect()
        })
    }
}
