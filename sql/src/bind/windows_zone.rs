//! Names of time zones as Windows has them: `'Pacific Standard Time'`.
//!
//! Source: <https://github.com/unicode-org/cldr/blob/main/common/supplemental/windowsZones.xml>, the region
//! of territory `001`.

use super::{Binder, Bound};
use crate::{
    tree::{Expr, ExprKind, Literal},
    types::Type,
};

/// Names of Windows in lower case, and their regions.
const ZONES: [(&str, &str); 44] = [
    ("utc", "UTC"),
    ("gmt standard time", "Europe/London"),
    ("greenwich standard time", "Atlantic/Reykjavik"),
    ("w. europe standard time", "Europe/Berlin"),
    ("central europe standard time", "Europe/Budapest"),
    ("central european standard time", "Europe/Warsaw"),
    ("romance standard time", "Europe/Paris"),
    ("gtb standard time", "Europe/Bucharest"),
    ("fle standard time", "Europe/Kiev"),
    ("e. europe standard time", "Europe/Chisinau"),
    ("turkey standard time", "Europe/Istanbul"),
    ("russian standard time", "Europe/Moscow"),
    ("israel standard time", "Asia/Jerusalem"),
    ("egypt standard time", "Africa/Cairo"),
    ("south africa standard time", "Africa/Johannesburg"),
    ("w. central africa standard time", "Africa/Lagos"),
    ("e. africa standard time", "Africa/Nairobi"),
    ("arabian standard time", "Asia/Dubai"),
    ("arab standard time", "Asia/Riyadh"),
    ("pakistan standard time", "Asia/Karachi"),
    ("india standard time", "Asia/Calcutta"),
    ("bangladesh standard time", "Asia/Dhaka"),
    ("se asia standard time", "Asia/Bangkok"),
    ("singapore standard time", "Asia/Singapore"),
    ("china standard time", "Asia/Shanghai"),
    ("taipei standard time", "Asia/Taipei"),
    ("w. australia standard time", "Australia/Perth"),
    ("korea standard time", "Asia/Seoul"),
    ("tokyo standard time", "Asia/Tokyo"),
    ("cen. australia standard time", "Australia/Adelaide"),
    ("aus eastern standard time", "Australia/Sydney"),
    ("e. australia standard time", "Australia/Brisbane"),
    ("new zealand standard time", "Pacific/Auckland"),
    ("newfoundland standard time", "America/St_Johns"),
    ("atlantic standard time", "America/Halifax"),
    ("eastern standard time", "America/New_York"),
    ("central standard time", "America/Chicago"),
    ("mountain standard time", "America/Denver"),
    ("us mountain standard time", "America/Phoenix"),
    ("pacific standard time", "America/Los_Angeles"),
    ("alaskan standard time", "America/Anchorage"),
    ("hawaiian standard time", "Pacific/Honolulu"),
    ("e. south america standard time", "America/Sao_Paulo"),
    ("argentina standard time", "America/Buenos_Aires"),
];

impl Binder<'_> {
    /// `windows_zone(constant)` in the body of a definition: the region.
    pub(super) fn windows_zone(&self, args: &[Expr], span: super::Span) -> Bound<Expr> {
        let name = args.first().and_then(Expr::text).map(str::to_lowercase);
        let found = name.and_then(|name| ZONES.iter().find(|(windows, _)| *windows == name));
        let Some((_, region)) = found else {
            return self.unsupported("this name of a time zone", span);
        };
        let kind = ExprKind::Literal(Literal::Text((*region).to_owned()));
        Ok(Expr { kind, ty: Type::Text, span })
    }
}
