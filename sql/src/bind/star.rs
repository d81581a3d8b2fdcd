//! `*` with options: EXCEPT, EXCLUDE, REPLACE, RENAME, ILIKE.

use super::{Binder, Bound, codes, scope::Found, select::star_item, twin_names};
use crate::tree::{Column, Item};
use sqlparser::ast::{ExcludeSelectItem, Ident, RenameSelectItem, WildcardAdditionalOptions};

impl Binder<'_> {
    /// The columns that a `*` names, as items called what the text calls them.
    pub(super) fn star_items(&self, found: Vec<Found>, span: super::Span) -> Bound<Vec<Item>> {
        let items = found.into_iter().map(|found| self.star_item_shown(found, span));
        items.collect()
    }

    fn star_item_shown(&self, found: Found, span: super::Span) -> Bound<Item> {
        let relation = found
            .relation
            .as_deref()
            .and_then(|name| self.scopes.iter().rev().find_map(|scope| scope.relation(name)));
        let mut item = star_item(found, span);
        let Some(relation) = relation else { return Ok(item) };
        let same = |column: &&Column| column.name == item.name;
        if relation.path.is_empty() && relation.columns.iter().filter(same).count() > 1 {
            // A list of names behind the alias can make them alike.
            let what = format!("`*` over several columns `{}`", item.name);
            return self.unsupported(&what, span);
        }
        twin_names::show(&mut item, &relation.twins);
        Ok(item)
    }

    /// Applies what follows a `*` to its columns.
    pub(super) fn star_options(
        &mut self,
        mut items: Vec<Item>,
        options: &WildcardAdditionalOptions,
        span: super::Span,
    ) -> Bound<Vec<Item>> {
        let WildcardAdditionalOptions {
            wildcard_token: _,
            opt_ilike,
            opt_exclude,
            opt_except,
            opt_replace,
            opt_rename,
            opt_alias,
        } = options;
        if opt_alias.is_some() {
            return self.unsupported("an alias of `*`", span);
        }
        let plain = opt_ilike.is_none()
            && opt_exclude.is_none()
            && opt_except.is_none()
            && opt_replace.is_none()
            && opt_rename.is_none();
        if plain {
            return Ok(items);
        }
        if self.spec.is_core() {
            return self.unsupported("`*` with options", span);
        }
        if let Some(ilike) = opt_ilike {
            let pattern = ilike.pattern.to_lowercase();
            items.retain(|item| like(&item.name.to_lowercase(), &pattern));
        }
        let mut dropped: Vec<Ident> = Vec::new();
        if let Some(except) = opt_except {
            dropped.push(except.first_element.clone());
            dropped.extend(except.additional_elements.iter().cloned());
        }
        if let Some(exclude) = opt_exclude {
            let names = match exclude {
                ExcludeSelectItem::Single(name) => std::slice::from_ref(name),
                ExcludeSelectItem::Multiple(names) => names.as_slice(),
            };
            for name in names {
                match name.0.as_slice() {
                    [one] if one.as_ident().is_some() => {
                        dropped.extend(one.as_ident().cloned());
                    }
                    _ => return self.unsupported("a qualified name here", span),
                }
            }
        }
        for ident in &dropped {
            let name = self.fold(ident);
            self.one_of(&items, &name, span)?;
            items.retain(|item| item.name != name);
        }
        if let Some(replace) = opt_replace {
            for element in &replace.items {
                let name = self.fold(&element.column_name);
                let index = self.one_of(&items, &name, span)?;
                let expr = self.expr(&element.expr)?;
                if let Some(item) = items.get_mut(index) {
                    item.expr = expr;
                }
            }
        }
        if let Some(rename) = opt_rename {
            let renames = match rename {
                RenameSelectItem::Single(one) => std::slice::from_ref(one),
                RenameSelectItem::Multiple(several) => several.as_slice(),
            };
            for one in renames {
                let (from, to) = (self.fold(&one.ident), self.fold(&one.alias));
                let index = self.one_of(&items, &from, span)?;
                if let Some(item) = items.get_mut(index) {
                    item.name = to;
                }
            }
        }
        if items.is_empty() {
            return self.refuse(codes::UNKNOWN_COLUMN, "`*` has no columns left", span);
        }
        Ok(items)
    }

    fn one_of(&self, items: &[Item], name: &str, span: super::Span) -> Bound<usize> {
        let mut hits = items.iter().enumerate().filter(|(_, item)| item.name == name);
        match (hits.next(), hits.next()) {
            (Some((index, _)), None) => Ok(index),
            (None, _) => {
                self.refuse(codes::UNKNOWN_COLUMN, format!("`*` has no column `{name}`"), span)
            }
            _ => self.refuse(
                codes::UNKNOWN_COLUMN,
                format!("`*` has several columns `{name}`"),
                span,
            ),
        }
    }
}

/// LIKE with `%` and `_`, without an escape.
fn like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // Positions of `text` that the pattern so far can have reached.
    let mut reached: Vec<bool> = vec![false; text.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for p in pattern.chars() {
        let mut next = vec![false; text.len() + 1];
        let mut any = false;
        for (at, slot) in next.iter_mut().enumerate() {
            any |= reached.get(at).copied().unwrap_or(false);
            let before = at.checked_sub(1);
            let step = before.and_then(|b| reached.get(b)).copied().unwrap_or(false);
            let same = before.and_then(|b| text.get(b)).is_some_and(|c| p == '_' || *c == p);
            *slot = if p == '%' { any } else { step && same };
        }
        reached = next;
    }
    reached.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn patterns() {
        for (text, pattern, expected) in [
            ("order_id", "%id%", true),
            ("order_id", "order__d", true),
            ("order_id", "id", false),
            ("", "%", true),
            ("", "", true),
            ("a", "", false),
        ] {
            assert_eq!(like(text, pattern), expected, "{text} like {pattern}");
        }
    }
}
