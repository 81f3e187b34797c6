//! What goes wrong, and how often: drawn from the seed before anything happens, and printed with it.

use super::random::Random;

/// How long KV may show what was before, in milliseconds, in a run of this kind. The product assumes at most 24 hours.
const LAGS: [i64; 5] = [1_000, 60_000, 600_000, 600_000, 20 * 3_600_000];
/// How long a client thinks between two requests, on average, in milliseconds.
const THINK: [i64; 6] = [150, 1_000, 1_000, 5_000, 30_000, 600_000];

/// The faults of a run: of a thousand times that something could go wrong, so many it does.
#[derive(Debug, Clone)]
pub(crate) struct Faults {
    /// How long a client thinks between two requests, on average, in milliseconds.
    pub(crate) think: i64,
    /// The longest lag of a place of KV, in milliseconds.
    pub(crate) lag: i64,
    /// A write that reaches a place late.
    pub(crate) kv_lags: u32,
    /// A read that shows an older value than the one before.
    pub(crate) kv_replays: u32,
    /// A read that fails or hangs.
    pub(crate) kv_reads_fail: u32,
    /// A write that fails, hangs, or is carried out though it was refused.
    pub(crate) kv_writes_fail: u32,
    /// A request, or an answer, that is lost on its way to or from a ledger.
    pub(crate) ledgers_lose: u32,
    /// One that takes seconds.
    pub(crate) ledgers_late: u32,
    /// A ledger that starts again between commit and answer.
    pub(crate) ledgers_restart: u32,
    /// A commit that fails.
    pub(crate) commits_fail: u32,
    /// An alarm that rings late, or twice.
    pub(crate) alarms_stray: u32,
    /// How far ahead or behind clocks may be, in milliseconds.
    pub(crate) skew: i64,
    /// A request or an answer that is lost between a client and an isolate.
    pub(crate) clients_lose: u32,
    /// An isolate that stops, at a request.
    pub(crate) isolates_stop: u32,
}

impl Faults {
    #[cfg(test)]
    /// Nothing goes wrong, and KV is at once what it was told.
    pub(crate) fn none(think: i64) -> Self {
        Self {
            think,
            lag: 0,
            kv_lags: 0,
            kv_replays: 0,
            kv_reads_fail: 0,
            kv_writes_fail: 0,
            ledgers_lose: 0,
            ledgers_late: 0,
            ledgers_restart: 0,
            commits_fail: 0,
            alarms_stray: 0,
            skew: 0,
            clients_lose: 0,
            isolates_stop: 0,
        }
    }

    /// Each kind is absent in some runs, rare in most and frequent in some: what only happens when another thing does not
    /// is found as well.
    pub(crate) fn draw(random: &Random) -> Self {
        let of_thousand = |most: u32| random.pick(&[0, most / 10, most / 4, most]);
        Self {
            think: random.pick(&THINK),
            lag: random.pick(&LAGS),
            kv_lags: of_thousand(900),
            kv_replays: of_thousand(200),
            kv_reads_fail: of_thousand(80),
            kv_writes_fail: of_thousand(200),
            ledgers_lose: of_thousand(60),
            ledgers_late: of_thousand(60),
            ledgers_restart: of_thousand(60),
            commits_fail: of_thousand(30),
            alarms_stray: of_thousand(300),
            skew: random.pick(&[0, 500, 5_000, 5_000]),
            clients_lose: of_thousand(60),
            isolates_stop: of_thousand(20),
        }
    }
}
