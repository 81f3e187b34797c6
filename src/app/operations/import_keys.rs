//! Imports keys that another system has issued, or what was exported.

use keyward_core::import::ImportedKey;
use keyward_core::policy::Action;
use keyward_core::query::Flag;
use keyward_core::{Entropy, ErrorCode, Principal};
use serde::{Deserialize, Serialize};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::exports::Line;
use crate::ledger::imports::ImportRow;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::router::Route;

/// Imports rows.
#[derive(Debug)]
pub struct ImportKeys {
    /// With the number of each, from 1.
    rows: Vec<(u32, ImportRow)>,
    /// Those that cannot be read.
    failed: Vec<FailedRow>,
    dry_run: bool,
}

/// Whether anything is done.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportQuery {
    /// `true`: only say what would be done.
    dry_run: Option<Flag>,
}

/// A row that is not imported.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FailedRow {
    /// Which one, from 1.
    row: u32,
    /// What is wrong with it.
    code: ErrorCode,
    /// The same for people.
    detail: String,
}

/// What has become of the rows.
#[expect(clippy::struct_field_names, reason = "it is what the field is called")]
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Imported {
    /// How many are new.
    imported: u32,
    /// How many were imported before.
    unchanged: u32,
    /// Those that are wrong, in their order.
    failed: Vec<FailedRow>,
    /// Whether nothing was done.
    dry_run: bool,
}

impl FailedRow {
    fn new(row: u32, problem: &Problem) -> Self {
        let fields = problem.errors.iter().map(|error| [&error.pointer, " ", &error.detail].concat());
        let detail = match &problem.detail {
            Some(detail) => detail.clone().into_owned(),
            None if problem.errors.is_empty() => problem.code.title().to_owned(),
            None => fields.collect::<Vec<_>>().join("; "),
        };
        Self { row, code: problem.code, detail: detail.trim_start().to_owned() }
    }
}

impl LedgerOperation for ImportKeys {
    const ENDPOINT: Endpoint = Endpoint {
        method: "POST",
        routes: &[Route { id: "import_keys", path: "/v1/organizations/{organization}/import" }],
    };
    const ACTION: Action = Action::ImportKeys;
    type Output = Imported;

    fn read(request: &Request, _: &PathParams, _: &Principal) -> Result<Self, Problem> {
        let ImportQuery { dry_run } = request.query()?;
        let read = request.rows(|row| {
            if row.contains_key("kind") {
                Request::row::<Line>(&row).map(ImportRow::Exported)
            } else {
                Request::row::<ImportedKey>(&row).map(ImportRow::Foreign)
            }
        })?;
        let (mut rows, mut failed) = (Vec::new(), Vec::new());
        for (row, read) in (1..).zip(read) {
            match read {
                Ok(read) => rows.push((row, read)),
                Err(problem) => failed.push(FailedRow::new(row, &problem)),
            }
        }
        Ok(Self { rows, failed, dry_run: dry_run.is_some_and(|dry_run| dry_run.is_set()) })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Imported, Problem> {
        ledger.organization(caller)?;
        caller.require(Self::ACTION)?;
        let Self { rows, mut failed, dry_run } = self;
        let mut import = ledger.import(caller)?;
        let (mut imported, mut unchanged) = (0, 0);
        for (row, what) in rows {
            match ledger.import_row(&mut import, caller, what) {
                Ok(true) => imported += 1,
                Ok(false) => unchanged += 1,
                // That is not the row's fault, unless it is one sales channel too many.
                Err(problem) if problem.code.status() >= 500 && problem.code != ErrorCode::LedgerFull => {
                    return Err(problem);
                }
                Err(problem) => {
                    let at = failed.partition_point(|earlier| earlier.row < row);
                    failed.insert(at, FailedRow::new(row, &problem));
                }
            }
        }
        if imported > 0 {
            ledger.commit_import(import, dry_run)?;
        }
        Ok(Imported { imported, unchanged, failed, dry_run })
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && caller.has_organization() && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for ImportKeys {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, may_import_keys};
        use serde_json::json;
        let row = json!({
            "hash": {
                "algorithm": "sha256", "encoding": "hex",
                "value": "5e8f1b0c9d2a7e435e8f1b0c9d2a7e435e8f1b0c9d2a7e435e8f1b0c9d2a7e43",
            },
            "title": "CI deploys", "redacted": "sk_44d***3be", "scopes": ["orders:read"],
            "created_at": "2025-11-21T08:00:00.000Z", "created_by": "user_01H",
        });
        let failed = json!([{ "row": 3, "code": "request.bad_field", "detail": "/title is missing" }]);
        let imported = json!({ "imported": 1, "unchanged": 1, "failed": failed, "dry_run": false });
        Documentation::new(
            "keys",
            "Import keys that another system has issued",
            "As hashes, so that nobody has to be given another key: at most 1,000 rows, as a JSON array or as lines (`application/x-ndjson`), where the operator may also send what `export_organization` has given. A row may also be a sales channel, as an export has it. Rows that are right are imported together, those that are wrong fail alone, and a row that was imported before changes nothing, whatever has become of its key. A foreign key is found in the organization that a verification is for. A key imports no key that holds a scope which it does not hold itself, that works for longer than itself, or that is verified less strictly. Within a minute, wherever somebody has asked shortly before, and so at once where the organization has foreign keys already, imported keys are valid.",
        )
        .query::<ImportQuery>()
        .body::<Vec<ImportedKey>>(json!([row]))
        .rows()
        .responds::<Imported>(crate::response::Success::Ok, "What has become of the rows.", &[("imported", imported)])
        .problems(&[ErrorCode::LedgerFull])
        .access("import_keys", may_import_keys)
    }
}
