//! What ran where: engines, versions, settings, times.

use super::text::line;
use crate::format::{count, counted, engine, latency, source_settings, times};
use crate::summary::{DataSummary, Percentiles, Summary};
use crate::{visible::fit, words};
use maud::{Markup, html};
use model::EngineInfo;
use model::report::RunReport;

/// Settings listed of one engine.
const SETTINGS_MAX: usize = 60;
/// Tables listed whose data are not known to be the same.
const TABLES_MAX: usize = 50;

/// The section of run facts.
pub(super) fn section(report: &RunReport, summary: &Summary) -> Markup {
    let run = &report.run;
    html! {
        section {
            h2 { "Run" }
            dl.facts {
                div { dt { "Title" } dd { (line(&run.title)) } }
                div { dt { "Legacy" } dd { (line(&engine(&run.legacy))) " · dialect " (run.legacy.dialect) } }
                div { dt { "Governed" } dd { (line(&engine(&run.governed))) " · dialect " (run.governed.dialect) } }
                div { dt { "Run id" } dd.mono { (line(&run.run_id)) } }
                @if let Some(recorded) = &run.judged_from {
                    div { dt { "Judged from" } dd.mono { "run " (line(recorded)) } }
                }
                div { dt { "Workload" } dd { (line(&run.workload_source)) } }
                @if let Some(settings) = source_settings(run) {
                    div { dt { "Settings" } dd { (line(&settings)) } }
                }
                div { dt { "Digest" } dd.mono { "sha256 " (run.workload) } }
                div { dt { "Started" } dd { (times(run)) } }
                div { dt { "Gnomon" } dd { (line(&run.gnomon_version)) } }
            }
            h3 { "Latency over " (counted(summary.latency.statements, "statement")) " with rows on both sides" }
            div.scroll.fit tabindex="0" {
                table {
                    thead { tr { th { "side" } th.n { "p50" } th.n { "p95" } th.n { "p99" } th.n { "slowest" } th.n { "together" } } }
                    tbody {
                        (times_of("legacy", summary.latency.legacy))
                        (times_of("governed", summary.latency.governed))
                    }
                }
            }
            (data(&summary.data))
            @if summary.lag.statements > 0 {
                p.hint { "Statements " (words::lateness(&summary.lag)) "." }
            }
            (by_fingerprint(summary))
            @if summary.failed_alike > 0 {
                p.hint { (counted(summary.failed_alike, "match")) " by failing alike on both sides." }
            }
            @if let Some(bound) = summary.collision_bound {
                p.hint { "Confidence, all comparisons together: " (bound) "." }
            }
            details.more {
                summary { "Settings of both engines" }
                div.cols {
                    div { h3 { "legacy" } (settings(&run.legacy)) }
                    div { h3 { "governed" } (settings(&run.governed)) }
                }
            }
        }
    }
}

/// Whether both sides hold the same data, with the tables of which that is not known.
fn data(data: &DataSummary) -> Markup {
    let left_out = data.open.len().saturating_sub(TABLES_MAX) as u64;
    html! {
        @if data.tables > 0 {
            h3 { "Data of both sides" }
            p { (data.line()) "." }
            @if !data.open.is_empty() {
                div.scroll.fit tabindex="0" {
                    table {
                        thead { tr { th { "table" } th { "state" } th { "what was found" } } }
                        tbody {
                            @for of in data.open.iter().take(TABLES_MAX) {
                                tr {
                                    th scope="row" { (line(&of.table)) }
                                    td { (of.state.as_str()) }
                                    td { (line(&of.told)) }
                                }
                            }
                        }
                    }
                }
            }
            @if left_out > 0 { p.hint { (counted(left_out, "more table")) " left out." } }
        }
    }
}

/// Latency by fingerprint, folded: who looks for a slow query opens it.
fn by_fingerprint(summary: &Summary) -> Markup {
    html! {
        @if summary.fingerprints.len() > 1 {
            details.more {
                summary { "Latency by fingerprint" }
                div.scroll.fit tabindex="0" {
                    table {
                        thead { tr {
                            th { "fingerprint" } th { "first statement" } th.n { "statements" } th { "side" }
                            th.n { "p50" } th.n { "p95" } th.n { "p99" } th.n { "slowest" } th.n { "together" }
                        } }
                        tbody {
                            @for of in &summary.fingerprints {
                                @for (side, p) in [("legacy", of.latency.legacy), ("governed", of.latency.governed)] {
                                    tr {
                                        @if side == "legacy" {
                                            td.mono rowspan="2" { (line(&of.fingerprint)) }
                                            td rowspan="2" { (fit(&of.first, 40)) }
                                            td.n rowspan="2" { (count(of.latency.statements)) }
                                        }
                                        td { (side) }
                                        @for us in [p.p50_us, p.p95_us, p.p99_us, p.max_us, p.total_us] {
                                            td.n { (latency(us)) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                @if summary.fingerprints_left_out > 0 {
                    p.hint { (counted(summary.fingerprints_left_out, "fingerprint")) " of less time left out." }
                }
            }
        }
    }
}

fn times_of(side: &str, p: Percentiles) -> Markup {
    html! {
        tr {
            th scope="row" { (side) }
            @for us in [p.p50_us, p.p95_us, p.p99_us, p.max_us, p.total_us] { td.n { (latency(us)) } }
        }
    }
}

/// The recorded settings of an engine.
pub(super) fn settings(info: &EngineInfo) -> Markup {
    let left_out = info.settings.len().saturating_sub(SETTINGS_MAX);
    html! {
        @if info.settings.is_empty() { p.dim { "none recorded" } }
        dl.kv {
            @for (name, value) in info.settings.iter().take(SETTINGS_MAX) {
                dt.mono { (line(name)) } dd.mono { (line(value)) }
            }
        }
        @if left_out > 0 { p.cut { (count(left_out as u64)) " more in the JSON report." } }
    }
}
