//! `gnomon explain CODE`: what a code of a report means.

mod tolerances;

use crate::{error::CliError, exit::Exit, output, suggest};

/// Explain a code of a rule, a tolerance, a cause of differences or the governance pipeline.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The code, for example TR0104; without one, all codes are listed
    code: Option<String>,
}

/// What is known of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Page {
    code: &'static str,
    title: String,
    text: String,
}

/// Runs `gnomon explain`.
pub(crate) fn run(args: &Args) -> Result<Exit, CliError> {
    let pages = pages();
    let text = match &args.code {
        Some(code) => page(&pages, code)?,
        None => list(&pages),
    };
    output::result(text)?;
    Ok(Exit::Holds)
}

/// All pages, by code.
fn pages() -> Vec<Page> {
    let rules = transpiler::pages().into_iter().map(|page| Page {
        code: page.code,
        title: page.title,
        text: page.text,
    });
    let governance = governance::pages().iter().map(|page| Page {
        code: page.code,
        title: page.title.to_owned(),
        text: page.text.to_owned(),
    });
    let causes = compare::cause_pages().into_iter().map(|page| Page {
        code: page.code,
        title: page.title.to_owned(),
        text: page.text.to_owned(),
    });
    let mut pages: Vec<Page> =
        rules.chain(tolerances::pages()).chain(causes).chain(governance).collect();
    pages.sort_by_key(|page| page.code);
    pages
}

fn page(pages: &[Page], code: &str) -> Result<String, CliError> {
    let wanted = code.trim();
    match pages.iter().find(|page| page.code.eq_ignore_ascii_case(wanted)) {
        Some(page) => Ok(format!("{}: {}\n\n{}\n", page.code, page.title, page.text.trim())),
        None => Err(CliError::usage(format!("there is no code `{wanted}`"))
            .hint_if(suggest::hint(wanted, pages.iter().map(|page| page.code)))
            .hint("`gnomon explain` lists all codes")),
    }
}

fn list(pages: &[Page]) -> String {
    let lines: Vec<String> =
        pages.iter().map(|page| format!("{}  {}", page.code, page.title)).collect();
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_page_of_the_agreed_form() {
        let pages = pages();
        assert!(pages.is_sorted_by(|a, b| a.code < b.code), "codes are unique");
        for page in &pages {
            let (family, digits) = page.code.split_at(2);
            assert!(["TR", "TL", "DC", "GV"].contains(&family), "{}", page.code);
            assert!(digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()));
            assert!(!page.title.is_empty() && !page.text.is_empty(), "{}", page.code);
        }
        for family in ["TR", "TL", "DC", "GV"] {
            assert!(pages.iter().any(|page| page.code.starts_with(family)), "{family}");
        }
    }

    #[test]
    fn a_code_is_found_in_any_case_and_a_wrong_one_gets_a_suggestion() {
        let pages = pages();
        assert!(page(&pages, "tl0002").unwrap().starts_with("TL0002: "));
        let error = page(&pages, "TL00022").unwrap_err();
        assert_eq!(error.exit(), Exit::Usage);
        assert!(error.render(false).contains("did you mean `TL0002`?"), "{error:?}");
    }
}
