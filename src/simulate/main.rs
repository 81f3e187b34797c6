//! Runs a deployment in simulated time, once for each of many seeds, and says what was seen. `npm run simulate` runs it; what
//! it simulates is in `src/app/simulation`. `check` reads a history that was recorded elsewhere, and is judged by the same rules:
//! `tests/http/histories.test.mjs` makes such.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;

use keyward_app::simulation::{Outcome, check, simulate};

/// How many seeds are run if nobody says otherwise, from which one on, and how many verifies each makes.
const DEFAULTS: [u64; 3] = [1_000, 1, 1_000];

/// What was seen in all runs together.
#[derive(Default)]
struct Total {
    seeds: u64,
    verdicts: u64,
    unasked: u64,
    unavailable: u64,
    refused: u64,
    changes: u64,
    seconds: i64,
    injected: BTreeMap<&'static str, u64>,
    violations: u64,
    hash: u64,
}

impl Total {
    fn add(&mut self, outcome: &Outcome) {
        self.seeds += 1;
        self.verdicts += outcome.verdicts;
        self.unasked += outcome.unasked;
        self.unavailable += outcome.unavailable;
        self.refused += outcome.refused;
        self.changes += outcome.changes;
        self.seconds += outcome.seconds;
        self.violations += u64::from(outcome.violation.is_some());
        self.hash ^= outcome.hash.wrapping_mul(outcome.seed | 1);
        for (fault, count) in &outcome.injected {
            *self.injected.entry(fault).or_default() += count;
        }
    }
}

/// Writes a line. `println!` would end the program when nobody reads it any more.
fn say(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn show(total: &Total) {
    #[expect(clippy::cast_precision_loss, reason = "a share, to a tenth of a percent")]
    let share = |part: u64, of: u64| format!("{:.1} %", 100.0 * part as f64 / (of.max(1)) as f64);
    let answered = total.verdicts + total.refused + total.unavailable;
    say("| what | how often |");
    say("| --- | ---: |");
    for (what, count) in [
        ("seeds", grouped(total.seeds)),
        ("simulated hours", grouped(total.seconds.unsigned_abs() / 3600)),
        ("verifies that were checked", grouped(answered)),
        ("– with a verdict", grouped(total.verdicts)),
        ("– whose caller was refused", grouped(total.refused)),
        ("– that could not be proven: 503", grouped(total.unavailable)),
        ("– without a request to a ledger", share(total.unasked, answered)),
        ("changes that were checked", grouped(total.changes)),
    ] {
        say(&format!("| {what} | {count} |"));
    }
    for (fault, count) in &total.injected {
        say(&format!("| {fault} | {} |", grouped(*count)));
    }
    say(&format!("| **violations** | **{}** |", grouped(total.violations)));
}

fn arguments() -> Result<([u64; 3], bool), String> {
    let (mut values, mut is_traced) = (DEFAULTS, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        if name == "--trace" {
            is_traced = true;
            continue;
        }
        let index = ["--seeds", "--seed", "--verifies"].iter().position(|known| *known == name);
        let value = arguments.next().and_then(|value| value.parse().ok());
        match (index.and_then(|index| values.get_mut(index)), value) {
            (Some(slot), Some(value)) => *slot = value,
            _ => {
                return Err(format!(
                    "{name} is not understood: --seeds, --seed and --verifies take a number"
                ));
            }
        }
    }
    Ok((values, is_traced))
}

/// Checks a recorded history; what was seen is shown as a line of JSON.
fn check_file(file: &str) -> Result<ExitCode, String> {
    let lines = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let seen = check(&lines).map_err(|why| format!("{file}: {why}"))?;
    say(&format!(
        r#"{{"verdicts":{},"refused":{},"unavailable":{},"changes":{},"commits":{},"violations":{}}}"#,
        seen.verdicts,
        seen.refused,
        seen.unavailable,
        seen.changes,
        seen.commits,
        seen.violations.len()
    ));
    seen.violations.iter().for_each(|violation| eprintln!("{violation}\n"));
    Ok(if seen.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    if let (Some("check"), Some(file)) = (words.next().as_deref(), words.next()) {
        return check_file(&file).unwrap_or_else(|why| {
            eprintln!("{why}");
            ExitCode::FAILURE
        });
    }
    let ([seeds, first, verifies], is_traced) = match arguments() {
        Ok(values) => values,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::FAILURE;
        }
    };
    let (next, end) = (AtomicU64::new(first), first.saturating_add(seeds));
    let (send, receive) = mpsc::channel();
    let mut total = Total::default();
    thread::scope(|scope| {
        // Runs know nothing of each other, so they may as well be made at once.
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            let (send, next) = (send.clone(), &next);
            scope.spawn(move || {
                loop {
                    let this = next.fetch_add(1, Ordering::Relaxed);
                    if this >= end || send.send(simulate(this, verifies, None)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        for outcome in receive {
            total.add(&outcome);
            if is_traced {
                outcome.trace.iter().for_each(|line| say(line));
            }
            if let Some(violation) = &outcome.violation {
                say(&format!("seed {}: {}\n{violation}", outcome.seed, outcome.faults));
            } else if seeds == 1 {
                say(&format!("seed {}: {}", outcome.seed, outcome.faults));
            }
        }
    });
    show(&total);
    say(&format!("\nof all traces: {:016x}", total.hash));
    if total.violations == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
