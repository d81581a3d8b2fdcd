//! Functions that only the bodies of definitions call, and that are worked out while they are bound:
//! constants in a vendor's spelling, and the keys of texts.

use super::{Binder, Bound};
use crate::{tree::Expr, types::Type};
use sqlparser::ast::FunctionArg;

impl Binder<'_> {
    /// Such a call; nothing for any other name.
    pub(super) fn read_in_body(
        &mut self,
        name: &str,
        written: &[FunctionArg],
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        const FORMATS: [&str; 8] = [
            "format_text",
            "format_kept",
            "format_cuts",
            "format_dollar",
            "format_scale",
            "format_limit",
            "format_width",
            "format_read",
        ];
        const OTHERS: [&str; 7] = [
            "windows_zone",
            "sort_key",
            "their_text",
            "their_ticks",
            "their_minutes",
            "their_cast",
            "exact_ticks",
        ];
        let formats = FORMATS.contains(&name);
        let net = name.starts_with("net_");
        let known = formats || net || name.starts_with("loose_");
        let saturated = name.starts_with("saturated_") || name == "cut_timestamp";
        if !known && !saturated && !OTHERS.contains(&name) {
            return Ok(None);
        }
        let mut args = self.plain_args(written, span)?;
        let theirs = match name {
            "their_text" => Some(Type::Text),
            "their_ticks" => Some(Type::Ticks),
            "their_minutes" => Some(Type::Minutes),
            _ => None,
        };
        let found = if let Some(to) = theirs {
            match (args.pop(), args.is_empty()) {
                (Some(value), true) => {
                    let lowering = std::mem::take(&mut self.lowering);
                    let cast = self.cast_by("cast", value, to, span);
                    self.lowering = lowering;
                    cast
                }
                _ => self.unsupported("a cast of several", span),
            }
        } else if name == "their_cast" {
            self.their_cast(args, span)
        } else if saturated {
            self.saturated(name, &args, span)
        } else if formats {
            self.number_format(name, &args, span)
        } else if net {
            self.net_format(name, &args, span)
        } else if name == "windows_zone" {
            self.windows_zone(&args, span)
        } else if name == "exact_ticks" {
            match (args.pop(), args.is_empty()) {
                (Some(ticks), true) => self.of_ticks(ticks, &Type::Timestamp),
                _ => self.unsupported("`exact_ticks` of several", span),
            }
        } else if name == "sort_key" {
            match (args.pop(), args.is_empty()) {
                (Some(text), true) => self.order_key(text),
                _ => self.unsupported("`sort_key` of several", span),
            }
        } else {
            self.loosely(name, &args, span)
        };
        found.map(Some)
    }
}
