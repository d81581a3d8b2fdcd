//! `gnomon compare` as its user runs it: files in, a verdict out.

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use std::{fs, path::Path, process::Command};
    use tempfile::TempDir;

    fn gnomon(folder: &Path, words: &[&str]) -> (i32, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_gnomon"))
            .args(words)
            .current_dir(folder)
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    fn folder(files: &[(&str, &str)]) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn json(folder: &Path, words: &[&str]) -> (i32, Value) {
        let mut all = vec!["compare"];
        all.extend(words);
        all.extend(["--format", "json"]);
        let (code, out, err) = gnomon(folder, &all);
        (code, serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}\n{err}")))
    }

    const LEGACY: &str = "id,city,amount\n1,Berlin,1.50\n2,Paris,2.00\n3,Rome,3.25\n4,\"\",4\n";

    #[test]
    fn what_differs_is_counted_and_shown() {
        let governed = "id,city,amount\n3,Rome,3.26\n1,Berlin,1.5\n4,,4\n5,Oslo,5\n";
        let folder = folder(&[("l.csv", LEGACY), ("g.csv", governed)]);
        let (code, found) = json(folder.path(), &["l.csv", "g.csv", "--key", "id"]);
        assert_eq!(code, 1);
        assert_eq!(found["verdict"], "mismatch");
        let counts = ["legacy_rows", "governed_rows", "missing_rows", "extra_rows", "changed_rows"]
            .map(|name| found[name].as_u64().unwrap());
        assert_eq!(counts, [4, 4, 1, 1, 2]);
        assert_eq!(found["changed_cells"], 2);
        let (code, text, _) = gnomon(folder.path(), &["compare", "l.csv", "g.csv"]);
        assert_eq!(code, 1);
        assert!(text.starts_with("MISMATCH") && text.contains("3.26"), "{text}");
    }

    #[test]
    fn order_and_spelling_mean_nothing_and_copies_count() {
        let same = "id,city,amount\n4,\"\",4.0\n2,Paris,2\n3,Rome,3.25\n1,Berlin,1.5\n";
        let twice = format!("{same}1,Berlin,1.5\n");
        let folder = folder(&[("l.csv", LEGACY), ("same.csv", same), ("twice.csv", &twice)]);
        let (code, found) = json(folder.path(), &["l.csv", "same.csv"]);
        assert_eq!((code, found["verdict"].as_str()), (0, Some("match")));
        assert!(found["confidence"].as_str().unwrap().contains("128-bit"), "{found}");
        let (code, found) = json(folder.path(), &["l.csv", "twice.csv"]);
        assert_eq!((code, found["extra_rows"].as_u64()), (1, Some(1)));
    }

    #[test]
    fn tolerances_excuse_with_their_reason_or_are_unused() {
        let governed = LEGACY.replace("3.25", "3.26");
        let rules = "[[tolerances]]\nkind = \"decimal_absolute\"\nmax = 0.01\n\
            scope = { column = \"amount\" }\nreason = \"cents are rounded late\"\n\n\
            [[tolerances]]\nkind = \"text_case\"\nreason = \"names are typed by people\"\n";
        let wrong = rules.replace("\"amount\"", "\"amuont\"");
        let files = [
            ("l.csv", LEGACY),
            ("g.csv", governed.as_str()),
            ("rules.toml", rules),
            ("wrong.toml", wrong.as_str()),
        ];
        let folder = folder(&files);
        let (code, found) = json(folder.path(), &["l.csv", "g.csv", "--tolerances", "rules.toml"]);
        assert_eq!((code, found["verdict"].as_str()), (0, Some("tolerated")));
        assert_eq!(found["tolerances"][0]["reason"], "cents are rounded late");
        assert_eq!(found["unused_tolerances"].as_array().unwrap().len(), 1);
        let words = ["compare", "l.csv", "g.csv", "--tolerances", "wrong.toml"];
        let (code, _, err) = gnomon(folder.path(), &words);
        assert_eq!(code, 2);
        assert!(err.contains("amuont") && err.contains("wrong.toml"), "{err}");
    }

    #[test]
    fn any_memory_limit_gives_the_same_answer() {
        let rows = |change: &str| {
            let row = |i: u32| match i % 5_000 {
                7 => format!("{i},{change},{}\n", i * 3),
                _ => format!("{i},name {i},{}\n", i * 3),
            };
            format!("id,name,n\n{}", (0..150_000).map(row).collect::<String>())
        };
        let folder = folder(&[("l.csv", &rows("before")), ("g.csv", &rows("after"))]);
        let answers = ["1MB", "2GB"]
            .map(|limit| json(folder.path(), &["l.csv", "g.csv", "--memory-limit", limit]));
        assert_eq!(answers[0], answers[1]);
        assert_eq!((answers[0].0, answers[0].1["changed_rows"].as_u64()), (1, Some(30)));
        assert_eq!(answers[0].1["key"]["columns"][0], "id");
    }

    #[test]
    fn what_cannot_be_read_is_said_with_what_to_do() {
        let folder =
            folder(&[("l.csv", LEGACY), ("cut.parquet", "PAR1 and no more"), ("e.csv", "")]);
        for (words, code, said) in [
            (&["compare", "l.csv", "none.csv"][..], 3, "none.csv"),
            (&["compare", "l.csv", "cut.parquet"], 3, "cut.parquet"),
            (&["compare", "l.csv", "e.csv"], 3, "e.csv"),
            (&["compare", "l.csv", "l.csv", "--key", "idd"], 2, "`id`, `city`, `amount`"),
            (&["compare", "l.csv", "l.csv", "--memory-limit", "tiny"], 2, "512MB"),
            (&["compare", "l.csv"], 2, "RIGHT"),
        ] {
            let (found, out, err) = gnomon(folder.path(), words);
            assert_eq!(found, code, "{words:?}: {out}{err}");
            assert!(err.contains(said), "{words:?}: {err}");
        }
    }

    #[test]
    fn schemas_are_printed() {
        for of in ["tolerances", "json"] {
            let folder = folder(&[]);
            let (code, out, _) = gnomon(folder.path(), &["compare", "--print-schema", of]);
            assert_eq!(code, 0);
            let schema: Value = serde_json::from_str(&out).unwrap();
            assert!(schema["properties"].is_object(), "{out}");
        }
    }
}
