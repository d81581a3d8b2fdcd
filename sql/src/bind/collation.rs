//! Text under a collation that takes several texts for one: case does not count, or blanks at the
//! end do not.
//!
//! The targets compare text byte by byte. So each text that is compared, grouped, sorted or made
//! distinct is brought to its *key*: without blanks at the end, in lower case. Where rows are
//! grouped by a key, the text that is shown is one of the group's, as on the engines that do this.
//! The order of texts has a key of its own (`text_order`). What has no form over keys is refused:
//! their minimum where a dialect has no lines for it, and set operations that look for equal rows.

use super::{Binder, Bound, grouped, said::unmarked};
use crate::{
    dialects::TextKeys,
    tree::{
        Body, Column, Distinct, Expr, ExprKind, GroupItem, GroupKey, Literal, Query, Select, SetOp,
        SortKey, SortTarget,
    },
    types::Type,
};

/// What does not count when texts are compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keys {
    /// The function that brings a text to one case, where that does not count.
    folding: Option<&'static str>,
    blanks: bool,
    accents: bool,
}

impl Keys {
    /// Does case not count?
    pub(super) const fn folds(self) -> bool {
        self.folding.is_some()
    }

    /// The function that brings a text to one case, where that does not count.
    pub(super) const fn folding(self) -> Option<&'static str> {
        self.folding
    }
}

/// Letters of Latin-1 and Latin Extended-A that collations without accents take for a plain one, in
/// lower case. Source: the `utf8mb4_0900_ai_ci` and `utf8mb4_general_ci` collations of MySQL, as far
/// as the two agree.
const ACCENTED: &str =
    "àáâãäåāăąçćĉċčďèéêëēĕėęěĝğġģĥìíîïĩīĭįĵķĺļľñńņňòóôõöōŏőŕŗřśŝşšţťùúûüũūŭůűųŵýÿŷźżž";
/// The plain letters, one for each of [`ACCENTED`].
const PLAIN: &str =
    "aaaaaaaaacccccdeeeeeeeeegggghiiiiiiiijklllnnnnoooooooorrrssssttuuuuuuuuuuwyyyzzz";

/// The function that brings a text to one case, if `case` does not count.
fn folding(text: TextKeys, case: bool) -> Option<&'static str> {
    case.then_some(if text.letters { "fold_letters" } else { "fold_case" })
}

impl Binder<'_> {
    /// What does not count in what is being bound; nothing where texts are compared as they are.
    pub(super) fn keys(&self) -> Option<Keys> {
        if self.speaks_core() {
            return None;
        }
        let text = self.spec.traits().text;
        let case = text.folds && !self.settings.is("collation", "binary");
        let accents = case && self.settings.is("accents", "ignored");
        let blanks = self.blanks_are_nothing() || self.said.is_some_and(|said| said.padded);
        (case || blanks).then_some(Keys { folding: folding(text, case), blanks, accents })
    }

    /// Do blanks at the end not count?
    fn blanks_are_nothing(&self) -> bool {
        self.spec.traits().text.pads && !self.settings.is("trailing_blanks", "absent")
    }

    /// `text_key(text)` in the body of a definition: the key of a text, as the dialect compares it.
    pub(super) fn text_key(&self, expr: Expr) -> Bound<Expr> {
        let text = self.spec.traits().text;
        let case = text.folds && !self.settings.is("collation", "binary");
        let accents = case && self.settings.is("accents", "ignored");
        if self.said.is_some_and(|said| said.padded) {
            return self.unsupported("a COLLATE that pads with blanks", expr.span);
        }
        let texts = expr.ty == Type::Unknown || expr.ty.is_character();
        let expr = if texts { self.coerce(expr, &Type::Text)? } else { expr };
        self.key_of(Keys { folding: folding(text, case), blanks: false, accents }, expr)
    }

    /// The value that stands for an expression where it is compared: the key of a text, the
    /// expression itself of any other type.
    pub(super) fn key(&self, expr: Expr) -> Bound<Expr> {
        let Some(keys) = self.keys() else { return Ok(expr) };
        self.key_of(keys, expr)
    }

    fn key_of(&self, mut keys: Keys, mut expr: Expr) -> Bound<Expr> {
        if let Some(said) = unmarked([&mut expr]) {
            let blanks = said.padded || self.blanks_are_nothing();
            keys = Keys { folding: None, accents: false, blanks };
        }
        if !expr.ty.is_character() || expr.is_null() {
            return Ok(expr);
        }
        let span = expr.span;
        if let ExprKind::Literal(Literal::Text(text)) = &expr.kind
            && text.is_ascii()
        {
            let kept = if keys.blanks { text.trim_end_matches(' ') } else { text };
            let key = if keys.folds() { kept.to_ascii_lowercase() } else { kept.to_owned() };
            return Ok(Expr { kind: ExprKind::Literal(Literal::Text(key)), ..expr });
        }
        let mut key = expr;
        if keys.blanks {
            key = self.resolve("rtrim", vec![key], span)?;
        }
        if let Some(folding) = keys.folding {
            key = self.resolve(folding, vec![key], span)?;
        }
        if keys.accents {
            let text = |text: &str| Expr {
                kind: ExprKind::Literal(Literal::Text(text.to_owned())),
                ty: Type::Text,
                span,
            };
            key = self.resolve("translate", vec![key, text(ACCENTED), text(PLAIN)], span)?;
        }
        Ok(key)
    }

    /// Operands of a comparison by `name`, as keys: those of equality, or those of the order.
    pub(super) fn compared(
        &mut self,
        name: &str,
        args: Vec<Expr>,
        span: super::Span,
    ) -> Bound<Vec<Expr>> {
        let Some(keys) = self.keys() else { return Ok(args) };
        let equality = matches!(name, "=" | "<>" | "is distinct from" | "is not distinct from");
        if !equality && args.iter().any(|arg| self.has_own_order(&arg.ty)) {
            return args.into_iter().map(|arg| self.order_key(arg)).collect();
        }
        if !args.iter().any(|arg| arg.ty.is_character()) {
            return Ok(args);
        }
        if keys.folds() && !equality {
            if !self.knows_order() {
                return self.unsupported("the order of texts under this collation", span);
            }
            return args.into_iter().map(|arg| self.order_key(arg)).collect();
        }
        let keyed = args.into_iter().map(|arg| self.key_of(keys, arg));
        if equality {
            return keyed.collect();
        }
        keyed.map(|arg| self.by_code_points(arg?)).collect()
    }

    /// Functions that look for a text inside another one ignore case where the collation does. They
    /// are passed on where what they look for is a constant without letters; a replacement of
    /// letters becomes one by a regular expression; the rest is refused.
    pub(super) fn searching(
        &mut self,
        name: &str,
        args: &[Expr],
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        let folds = self.keys().is_some_and(Keys::folds);
        if !folds
            || !self.spec.traits().searches_fold
            || !matches!(name, "replace" | "translate" | "string_split")
        {
            return Ok(None);
        }
        if args.get(1).is_some_and(Expr::is_null) {
            return Ok(None);
        }
        let sought = args.get(1).and_then(Expr::text);
        if sought.is_some_and(|text| !text.chars().any(char::is_alphabetic)) {
            return Ok(None);
        }
        let plain = |text: &str| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ')
        };
        if name == "string_split" {
            return self.apply("string_split by letters", args.to_vec(), span).map(Some);
        }
        if name == "replace"
            && sought.is_some_and(plain)
            && args.get(2).and_then(Expr::text).is_some_and(|with| !with.contains('\\'))
        {
            let flags = ExprKind::Literal(Literal::Text("gi".to_owned()));
            let mut args = args.to_vec();
            args.push(Expr { kind: flags, ty: Type::Unknown, span });
            return self.resolve("regexp_replace", args, span).map(Some);
        }
        self.unsupported(&format!("`{name}` of letters under this collation"), span)
    }

    /// Does case not count? Then no text of a group stands for the others in an order.
    pub(super) fn keys_fold(&self) -> bool {
        self.keys().is_some_and(Keys::folds)
    }

    /// Refuses text where it cannot be brought to its key.
    pub(super) fn no_text(&self, ty: &Type, what: &str, span: super::Span) -> Bound<()> {
        if self.keys().is_some() && ty.is_character() {
            return self.unsupported(&format!("{what} of text under this collation"), span);
        }
        Ok(())
    }

    /// A sort key by the key of its text.
    pub(super) fn sorted(&mut self, mut key: SortKey) -> Bound<SortKey> {
        if self.keys().is_some()
            && let SortTarget::Expr(expr) = key.target
        {
            key.target = SortTarget::Expr(self.sorting_key(expr)?);
        }
        Ok(key)
    }

    /// The query of IN, its one column by its key.
    pub(super) fn keyed_query(&self, query: &mut Query, span: super::Span) -> Bound<()> {
        let text = query.columns.first().is_some_and(|column| column.ty.is_character());
        if self.keys().is_none() || !text {
            return Ok(());
        }
        match &mut query.body {
            Body::Select(select) if query.limit.is_none() && query.offset.is_none() => {
                // What is distinct does not matter to IN.
                select.distinct = Distinct::No;
                query.order_by.clear();
                for item in &mut select.items {
                    item.expr = self.key(item.expr.clone())?;
                }
                Ok(())
            }
            Body::Values(rows) => {
                for cell in rows.iter_mut().flatten() {
                    *cell = self.key(cell.clone())?;
                }
                Ok(())
            }
            Body::SetOperation { op: SetOp::Union, all, left, right } => {
                *all = true;
                self.keyed_query(left, span)?;
                self.keyed_query(right, span)
            }
            _ => self.unsupported("IN with this query of text under this collation", span),
        }
    }

    /// Groups, distinct rows and sort keys of a SELECT by the keys of its texts.
    pub(super) fn collate(&mut self, body: &mut Body, order_by: &mut [SortKey]) -> Bound<()> {
        if self.keys().is_none() {
            return Ok(());
        }
        let Body::Select(select) = body else {
            return order_by.iter().try_for_each(|key| {
                self.in_own_order(&key.ty, "a set operation", key.span)?;
                self.no_text(&key.ty, "an order", key.span)
            });
        };
        if select.distinct == Distinct::Yes {
            // A column that is named again is the output.
            for key in order_by.iter_mut() {
                if let SortTarget::Expr(expr) = &key.target
                    && let Some(at) = select.items.iter().position(|item| item.expr.is_same(expr))
                {
                    key.target = SortTarget::Output(at);
                }
            }
            self.distinct_around(select, order_by)?;
            self.distinct_by_key(select)?;
        } else if !select.group_by.is_empty() {
            self.group_by_key(select, order_by)?;
        }
        if let Distinct::On(keys) = &select.distinct {
            keys.iter().try_for_each(|key| self.no_text(&key.ty, "DISTINCT ON", key.span))?;
        }
        for key in order_by {
            if select.distinct != Distinct::No {
                self.in_own_order(&key.ty, "DISTINCT", key.span)?;
            }
            if let SortTarget::Output(index) = key.target
                && (key.ty.is_character() || self.has_own_order(&key.ty))
                && let Some(item) = select.items.get(index)
            {
                key.target = SortTarget::Expr(item.expr.clone());
            }
            *key = self.sorted(key.clone())?;
        }
        Ok(())
    }

    /// `SELECT DISTINCT` of groups or windows with a text in its list: the rows stand in a query of their
    /// own, where they are grouped by their own keys first.
    fn distinct_around(&mut self, select: &mut Select, order_by: &mut [SortKey]) -> Bound<()> {
        let texts = select.items.iter().any(|item| item.expr.ty.is_character());
        let plain = select.group_by.is_empty()
            && select.having.is_none()
            && select.qualify.is_none()
            && select.items.iter().all(|item| grouped::is_row_level(&item.expr));
        let by_outputs = order_by.iter().all(|key| matches!(key.target, SortTarget::Output(_)));
        if !texts || plain || !by_outputs {
            return Ok(());
        }
        let span = select.items.first().map_or(self.place, |item| item.expr.span);
        let columns: Vec<Column> = select
            .items
            .iter()
            .map(|item| Column { name: item.name.clone(), ty: item.expr.ty.clone() })
            .collect();
        let mut inner = select.clone();
        inner.distinct = Distinct::No;
        if !inner.group_by.is_empty() {
            self.group_by_key(&mut inner, &mut [])?;
        }
        let query = Query::of(Body::Select(Box::new(inner)), columns.clone(), span);
        *select = Self::around(query, &columns);
        select.distinct = Distinct::Yes;
        Ok(())
    }

    /// `SELECT DISTINCT` with a text in its list: a group for each key.
    pub(super) fn distinct_by_key(&self, select: &mut Select) -> Bound<()> {
        let is_text = |expr: &Expr| expr.ty.is_character() && expr.literal().is_none();
        if !select.items.iter().any(|item| is_text(&item.expr)) {
            return Ok(());
        }
        let span = select.items.first().map_or(self.place, |item| item.expr.span);
        let plain = select.group_by.is_empty()
            && select.having.is_none()
            && select.qualify.is_none()
            && select.items.iter().all(|item| grouped::is_row_level(&item.expr));
        if !plain {
            return self.unsupported("DISTINCT of such text under this collation", span);
        }
        select.distinct = Distinct::No;
        for item in &mut select.items {
            // It would be a position.
            if item.expr.is_signed_literal() {
                continue;
            }
            let key = self.key(item.expr.clone())?;
            select.group_by.push(GroupItem::Key(GroupKey::Expr(key)));
            if is_text(&item.expr) {
                item.expr = self.one_of_group(&item.expr, span)?;
            }
        }
        Ok(())
    }

    /// `GROUP BY` a text: by its key, and one text of the group wherever it is named.
    fn group_by_key(&self, select: &mut Select, order_by: &mut [SortKey]) -> Bound<()> {
        if select.group_by.is_empty() {
            return Ok(());
        }
        let mut found: Vec<grouped::Replaced> = Vec::new();
        let items: Vec<Expr> = select.items.iter().map(|item| item.expr.clone()).collect();
        let span = items.first().map_or(self.place, |expr| expr.span);
        for group in &mut select.group_by {
            let sets = !matches!(group, GroupItem::Key(_));
            let keys: Vec<&mut GroupKey> = match group {
                GroupItem::Key(key) => vec![key],
                GroupItem::Rollup(sets) | GroupItem::Cube(sets) | GroupItem::Sets(sets) => {
                    sets.iter_mut().flatten().collect()
                }
            };
            for key in keys {
                let expr = match key {
                    GroupKey::Output(index) => items.get(*index),
                    GroupKey::Expr(expr) => Some(&*expr),
                };
                let Some(expr) =
                    expr.filter(|e| e.ty.is_character() && e.literal().is_none()).cloned()
                else {
                    continue;
                };
                let folded = self.key(expr.clone())?;
                *key = GroupKey::Expr(folded.clone());
                let one = self.one_of_group(&expr, span)?;
                let shown = if sets { self.unless_rolled_up(&folded, one, span)? } else { one };
                found.push(grouped::Replaced { key: expr, group: folded, shown });
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        // A position would be of what is shown of a group.
        for group in &mut select.group_by {
            if let GroupItem::Key(key) = group
                && let GroupKey::Output(index) = key
                && let Some(item) = items.get(*index)
                && !item.is_signed_literal()
                && item.any_part(&|part| found.iter().any(|one| one.key.is_same(part)))
            {
                found.push(grouped::Replaced {
                    key: item.clone(),
                    group: item.clone(),
                    shown: item.clone(),
                });
                *key = GroupKey::Expr(item.clone());
            }
        }
        let mut all: Vec<&mut Expr> = select.items.iter_mut().map(|item| &mut item.expr).collect();
        all.extend(select.having.as_mut());
        all.extend(select.qualify.as_mut());
        for key in order_by {
            if let SortTarget::Expr(expr) = &mut key.target {
                all.push(expr);
            }
        }
        for expr in all {
            if expr.any_part(&|part| part.query().is_some_and(Query::is_correlated)) {
                return self.unsupported("a query beside groups of text", expr.span);
            }
            grouped::replace(expr, &found);
        }
        Ok(())
    }

    /// In the rows that ROLLUP and its kin add, a key is NULL.
    fn unless_rolled_up(&self, group: &Expr, shown: Expr, span: super::Span) -> Bound<Expr> {
        let level = self.resolve("grouping", vec![group.clone()], span)?;
        let kept = super::operator::predicate("=", vec![level, self.number("0", span)], span);
        let ty = shown.ty.clone();
        let kind = ExprKind::Case { operand: None, branches: vec![(kept, shown)], otherwise: None };
        Ok(Expr { kind, ty, span })
    }
}
