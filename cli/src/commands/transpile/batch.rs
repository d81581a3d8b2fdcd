//! JSON lines in, JSON lines out, in order; no line stops the others.

use super::bound::Bound;
use crate::wiring::transpiling::translated;
use model::{
    AppliedRule, Diagnostic, Dialect, Fidelity, NotComparable, RuleSpan, catalog::CatalogTable,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sql::SourceSettings;
use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read, Write},
};
use transpiler::Transpiler;

/// Longest line that is read, in bytes: JSON may write a byte of the longest statement as six.
const LINE_BYTES_MAX: usize = 6 * sql::STATEMENT_BYTES_MAX + 64 * 1024;

/// Answers requests; keeps one transpiler for each pair of dialects.
pub(super) struct Batch {
    from: Option<Dialect>,
    to: Option<Dialect>,
    tables: Vec<CatalogTable>,
    settings: Option<SourceSettings>,
    transpilers: BTreeMap<(Dialect, Dialect), Transpiler>,
    check: Option<Bound>,
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "an object with `id`, `from`, `to` and `sql`")]
struct Request {
    /// Anything; comes back as it is.
    #[serde(default)]
    id: Value,
    from: Option<String>,
    to: Option<String>,
    sql: Option<String>,
}

/// One answer. `sql` and `fidelity` are null unless the status is `ok`.
#[derive(Debug, Serialize)]
struct Answer {
    id: Value,
    status: &'static str,
    sql: Option<String>,
    fidelity: Option<Fidelity>,
    rules: Vec<Applied>,
    not_comparable: Vec<NotComparable>,
    diagnostics: Vec<Finding>,
}

/// A rule with its places in both texts.
#[derive(Debug, Serialize)]
struct Applied {
    code: String,
    name: String,
    fidelity: Fidelity,
    count: u32,
    spans: Vec<RuleSpan>,
    /// What an approximate rule needs of the comparison.
    #[serde(skip_serializing_if = "Option::is_none")]
    caveat: Option<String>,
}

impl From<AppliedRule> for Applied {
    fn from(rule: AppliedRule) -> Self {
        Self {
            code: rule.code,
            name: rule.name,
            fidelity: rule.fidelity,
            count: rule.times,
            spans: rule.spans,
            caveat: rule.caveat.map(|caveat| caveat.to_string()),
        }
    }
}

#[derive(Debug, Serialize)]
struct Finding {
    code: String,
    message: String,
    start: Option<usize>,
    end: Option<usize>,
}

impl From<Diagnostic> for Finding {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            code: diagnostic.code,
            message: diagnostic.message,
            start: diagnostic.span.map(|span| span.start),
            end: diagnostic.span.map(|span| span.end),
        }
    }
}

/// Code of a line that is no request; it has no page, since it is no rule about SQL.
const NO_REQUEST: &str = "REQUEST";

impl Answer {
    fn refused(id: Value, diagnostics: Vec<Diagnostic>) -> Self {
        Self {
            id,
            status: "refused",
            sql: None,
            fidelity: None,
            rules: Vec::new(),
            not_comparable: Vec::new(),
            diagnostics: diagnostics.into_iter().map(Finding::from).collect(),
        }
    }

    fn error(id: Value, message: impl Into<String>) -> Self {
        let (code, message) = (NO_REQUEST.to_owned(), message.into());
        let finding = Finding { code, message, start: None, end: None };
        Self {
            id,
            status: "error",
            sql: None,
            fidelity: None,
            rules: Vec::new(),
            not_comparable: Vec::new(),
            diagnostics: vec![finding],
        }
    }
}

impl Batch {
    /// `from` and `to` stand in where a request names no dialects. `tables` are spelled in the
    /// dialect of the requests; `settings` hold for requests of their dialect; `check` is asked
    /// whether it binds each translation.
    pub(super) fn new(
        from: Option<Dialect>,
        to: Option<Dialect>,
        tables: Vec<CatalogTable>,
        settings: Option<SourceSettings>,
        check: Option<Bound>,
    ) -> Self {
        Self { from, to, tables, settings, transpilers: BTreeMap::new(), check }
    }

    /// Answers every line of `input`. What was answered is flushed before more input is waited for,
    /// so that a program may talk to this one line by line.
    pub(super) fn run(&mut self, input: impl Read, mut out: impl Write) -> io::Result<()> {
        let mut input = BufReader::new(input);
        let mut line = Vec::new();
        loop {
            line.clear();
            let most = LINE_BYTES_MAX as u64 + 1;
            if (&mut input).take(most).read_until(b'\n', &mut line)? == 0 {
                return out.flush();
            }
            let answer = if line.len() > LINE_BYTES_MAX && line.last() != Some(&b'\n') {
                skip_line(&mut input)?;
                Answer::error(
                    Value::Null,
                    format!("the line is longer than {LINE_BYTES_MAX} bytes"),
                )
            } else if line.trim_ascii().is_empty() {
                continue;
            } else {
                self.answer(&line)
            };
            serde_json::to_writer(&mut out, &answer)?;
            out.write_all(b"\n")?;
            if input.buffer().is_empty() {
                out.flush()?;
            }
        }
    }

    fn answer(&mut self, line: &[u8]) -> Answer {
        let request: Request = match serde_json::from_slice(line) {
            Ok(request) => request,
            Err(error) => {
                // A wrong member must not cost the answer its id.
                let value = serde_json::from_slice::<Value>(line).ok();
                let id = value.and_then(|value| value.get("id").cloned()).unwrap_or_default();
                return Answer::error(id, format!("the line is no request: {error}"));
            }
        };
        let Request { id, from, to, sql } = request;
        let (pair, sql) = match self.understand(from.as_deref(), to.as_deref(), sql) {
            Ok(understood) => understood,
            Err(message) => return Answer::error(id, message),
        };
        let (from, to) = pair;
        let tables = &self.tables;
        let transpiler = self.transpilers.entry(pair).or_insert_with(|| match &self.settings {
            Some(settings) if settings.dialect() == from => {
                super::of_tables(Transpiler::under(settings.clone(), to, tables), tables)
            }
            _ => super::of_tables(Transpiler::new(from, to, tables), tables),
        });
        match translated(transpiler, &sql, &[]) {
            Ok(Ok(translation)) => match self.unbound(to, &translation.sql) {
                Ok(None) => Answer {
                    id,
                    status: "ok",
                    sql: Some(translation.sql),
                    fidelity: Some(translation.fidelity),
                    rules: translation.rules.into_iter().map(Applied::from).collect(),
                    not_comparable: translation.not_comparable,
                    diagnostics: translation.diagnostics.into_iter().map(Finding::from).collect(),
                },
                Ok(Some(finding)) => Answer::refused(id, vec![finding]),
                Err(message) => Answer::error(id, message),
            },
            Ok(Err(refusal)) => Answer::refused(id, refusal.diagnostics),
            Err(message) => Answer::error(id, message),
        }
    }

    /// Why the engine at hand does not bind a translation; an error where it cannot be asked.
    fn unbound(&mut self, to: Dialect, sql: &str) -> Result<Option<Diagnostic>, String> {
        match &mut self.check {
            None => Ok(None),
            Some(check) if check.dialect() != to => {
                Err(format!("`--engine` reads {}, the request says {to}", check.dialect()))
            }
            Some(check) => check.refused(sql).map_err(|error| error.render(false)),
        }
    }

    fn understand(
        &self,
        from: Option<&str>,
        to: Option<&str>,
        sql: Option<String>,
    ) -> Result<((Dialect, Dialect), String), String> {
        let dialect = |name: &str, given: Option<&str>, default: Option<Dialect>| match given {
            Some(text) => text.parse::<Dialect>().map_err(|error| format!("`{name}`: {error}")),
            None => default.ok_or_else(|| format!("the request has no `{name}`")),
        };
        let pair = (dialect("from", from, self.from)?, dialect("to", to, self.to)?);
        let sql = sql.ok_or("the request has no `sql`")?;
        // The same word is another type elsewhere.
        if !self.tables.is_empty()
            && let Some(spelled) = self.from
            && spelled != pair.0
        {
            let from = pair.0;
            return Err(format!("the catalog is spelled in {spelled}, the request is in {from}"));
        }
        Ok((pair, sql))
    }
}

/// Reads on to the end of the line without keeping it.
fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let read = end.map_or(buffer.len(), |end| end + 1);
        input.consume(read);
        if end.is_some() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(input: &str) -> Vec<Value> {
        let mut out = Vec::new();
        Batch::new(None, None, Vec::new(), None, None).run(input.as_bytes(), &mut out).unwrap();
        String::from_utf8(out)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn each_line_is_answered_in_order_and_a_broken_one_stops_nothing() {
        let input = concat!(
            "{\"id\": 1, \"from\": \"postgres\", \"to\": \"duckdb\", \"sql\": \"SELECT 1 AS a\"}\n",
            "not json\n",
            "{\"id\": \"c\", \"from\": \"postgres\", \"to\": \"cobol\", \"sql\": \"SELECT 1\"}\n",
            "\n",
            "{\"id\": {\"d\": 1}, \"from\": \"postgres\", \"to\": \"duckdb\", \"sql\": 7}\n",
            "{\"id\": 5, \"to\": \"duckdb\", \"sql\": \"SELECT 1\"}\n",
            "{\"id\": 6, \"from\": \"postgres\", \"to\": \"duckdb\", \"sql\": \"SELECT nope(1)\"}",
        );
        let answers = answers(input);
        let status: Vec<&str> = answers.iter().map(|a| a["status"].as_str().unwrap()).collect();
        assert_eq!(status, ["ok", "error", "error", "error", "error", "refused"], "{answers:#?}");
        let ids: Vec<String> = answers.iter().map(|a| a["id"].to_string()).collect();
        assert_eq!(ids, ["1", "null", "\"c\"", "{\"d\":1}", "5", "6"]);
        assert!(answers[2]["diagnostics"][0]["message"].as_str().unwrap().contains("`cobol`"));
    }

    #[test]
    fn an_answer_has_every_member_whatever_its_status() {
        let input = concat!(
            "{\"id\": 1, \"from\": \"postgres\", \"to\": \"duckdb\", \"sql\": \"SELECT 1 AS a\"}\n",
            "{\"id\": 2, \"from\": \"postgres\", \"to\": \"duckdb\", \"sql\": \"SELECT nope(1)\"}\n",
            "?\n",
        );
        let answers = answers(input);
        for answer in &answers {
            let keys: Vec<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(
                keys,
                ["id", "status", "sql", "fidelity", "rules", "not_comparable", "diagnostics"]
            );
        }
        assert_eq!(answers[0]["fidelity"], "exact");
        assert!(answers[0]["sql"].is_string() && answers[1]["sql"].is_null());
        let finding = &answers[1]["diagnostics"][0];
        assert!(finding["code"].as_str().unwrap().starts_with("TR"));
        assert_eq!((finding["start"].as_u64(), finding["end"].is_u64()), (Some(7), true));
    }

    #[test]
    fn rules_come_with_their_places_in_both_texts() {
        let source = "SELECT 7 / i AS a, random() AS r FROM (VALUES (1)) AS t(i)";
        let request = serde_json::json!(
            {"id": 1, "from": "postgres", "to": "duckdb", "sql": source}
        );
        let answer = answers(&request.to_string()).remove(0);
        let text = answer["sql"].as_str().unwrap();
        let at = |span: &Value, text: &str| {
            let edge = |name: &str| usize::try_from(span[name].as_u64().unwrap()).unwrap();
            text.get(edge("start")..edge("end")).unwrap().to_owned()
        };
        let division = &answer["rules"][0];
        assert_eq!(
            (division["code"].as_str(), division["count"].as_u64()),
            (Some("TR0101"), Some(1))
        );
        let places = &division["spans"][0];
        assert_eq!(at(&places["source"], source), "7 / i");
        assert!(text.contains(&at(&places["target"], text)) && text.contains("//"), "{text}");
        let mark = &answer["not_comparable"][0];
        assert_eq!(
            (mark["kind"].as_str(), mark["what"].as_str()),
            (Some("chance"), Some("random"))
        );
        assert_eq!(at(&mark["span"], source), "random()");
    }

    #[test]
    fn a_translation_that_does_not_bind_is_refused() {
        let table = |name: &str| CatalogTable {
            database: None,
            keys: Vec::new(),
            schema: None,
            name: name.to_owned(),
            columns: vec![model::catalog::CatalogColumn {
                name: "a".to_owned(),
                data_type: "int4".to_owned(),
                nullable: true,
            }],
        };
        let tables = vec![table("t"), table("u")];
        let check = Bound::open("datafusion:", &Dialect::Postgres.into(), &tables[..1]).unwrap();
        let mut batch = Batch::new(
            Some(Dialect::Postgres),
            Some(Dialect::DataFusion),
            tables,
            None,
            Some(check),
        );
        let input = concat!(
            "{\"sql\": \"SELECT a FROM t\"}\n{\"sql\": \"SELECT a FROM u\"}\n",
            "{\"from\": \"spark\", \"sql\": \"SELECT a FROM t\"}",
        );
        let mut out = Vec::new();
        batch.run(input.as_bytes(), &mut out).unwrap();
        let lines = String::from_utf8(out).unwrap();
        let answers: Vec<Value> =
            lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(answers[0]["status"], "ok", "{lines}");
        // The catalog given has the table, the engine does not.
        assert_eq!(answers[1]["status"], "refused", "{lines}");
        assert_eq!(answers[1]["diagnostics"][0]["code"], transpiler::DOES_NOT_BIND);
        // The types of the table are spelled in PostgreSQL's words.
        assert_eq!(answers[2]["status"], "error", "{lines}");
    }

    #[test]
    fn a_line_beyond_the_limit_is_an_error_and_the_next_one_is_read() {
        let mut input = vec![b'x'; LINE_BYTES_MAX + 100];
        input.extend_from_slice(
            b"\n{\"id\": 2, \"from\": \"postgres\", \"to\": \"duckdb\", \"sql\": \"SELECT 1 AS a\"}\n",
        );
        let mut out = Vec::new();
        Batch::new(None, None, Vec::new(), None, None).run(input.as_slice(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), 2);
        assert!(text.contains("longer than") && text.contains("\"ok\""), "{text}");
    }
}
