//! The outbox: what others have to be told is committed with the change that it tells of, and delivered until it has
//! landed.
//!
//! When a delivery is due, tried again and given up is decided here by pure functions; what can be delivered implements
//! [`Destination`].

use keyward_core::{LedgerLocator, Owner, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::LedgerRequest;
use super::directory::{Announcement, DirectoryEntry};
use super::memberships::{Departure, Membership};
use super::sql::{Sql, Statement, StorageError};
use super::store::Store;
use crate::ports::{KvWriter, Ledgers};

/// Deliveries that are made one after the other, so that none overtakes another to the same destination. The lanes do
/// not wait for each other: however many members have to be told something, a revocation is in KV at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// What KV has to hold.
    Kv,
    /// What other ledgers have to know.
    Ledgers,
}

impl Lane {
    /// Every lane.
    pub const ALL: [Self; 2] = [Self::Kv, Self::Ledgers];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Kv => "kv",
            Self::Ledgers => "ledgers",
        }
    }
}

/// A delivery has failed, and is to be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotDelivered;

/// Something that KV or another ledger has to be told. It is kept in the outbox until it has landed; of several for one
/// destination only the newest is delivered.
#[expect(async_fn_in_trait, reason = "the platform has one thread, so no future has to be Send")]
pub trait Destination: Serialize + DeserializeOwned + Into<Delivery> {
    /// Which deliveries it waits for.
    const LANE: Lane;
    /// Whether the destination keeps whatever arrives last, so that a late try could undo a newer one.
    const LAST_ONE_COUNTS: bool;

    /// Whom it concerns: a later delivery for the same destination replaces it.
    fn destination(&self) -> String;

    /// Delivers it.
    ///
    /// # Errors
    /// [`NotDelivered`].
    async fn deliver<P: KvWriter + Ledgers>(&self, ports: &P) -> Result<(), NotDelivered>;

    /// Whether an earlier try to this destination is still going on.
    fn is_unsettled<P: KvWriter + Ledgers>(&self, _ports: &P) -> bool {
        false
    }
}

/// A value that KV has to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KvWrite {
    /// Under which key.
    pub kv_key: String,
    /// The value.
    pub value: String,
    /// After how many seconds it vanishes; `None` if never.
    pub ttl_seconds: Option<u32>,
}

impl Destination for KvWrite {
    const LANE: Lane = Lane::Kv;
    const LAST_ONE_COUNTS: bool = true;

    fn destination(&self) -> String {
        format!("kv:{}", self.kv_key)
    }

    async fn deliver<P: KvWriter + Ledgers>(&self, ports: &P) -> Result<(), NotDelivered> {
        ports.put(self).await.map_err(|_| NotDelivered)
    }

    fn is_unsettled<P: KvWriter + Ledgers>(&self, ports: &P) -> bool {
        ports.is_unsettled(&self.kv_key)
    }
}

/// Tells another ledger something.
async fn tell<P: Ledgers>(
    ports: &P,
    ledger: LedgerLocator,
    request: LedgerRequest,
) -> Result<(), NotDelivered> {
    let answer = ports.send(ledger, &request).await.map_err(|_| NotDelivered)?;
    let landed = serde_json::from_str::<Result<(), crate::Problem>>(&answer);
    if matches!(landed, Ok(Ok(()))) { Ok(()) } else { Err(NotDelivered) }
}

macro_rules! told {
    ($($what:ty: |$it:ident| $destination:expr, to $owner:expr;)+) => {
        $(
            impl Destination for $what {
                const LANE: Lane = Lane::Ledgers;
                const LAST_ONE_COUNTS: bool = false;

                fn destination(&self) -> String {
                    let $it = self;
                    $destination
                }

                async fn deliver<P: KvWriter + Ledgers>(&self, ports: &P) -> Result<(), NotDelivered> {
                    let $it = self;
                    tell(ports, $owner.ledger(), $it.clone().into()).await
                }
            }
        )+
    };
}

told! {
    Membership: |it| format!("ledger:{}:{}", it.user, it.organization), to Owner::User(it.user.clone());
    Departure: |it| format!("departure:{}:{}", it.user, it.organization), to Owner::Organization(it.organization.clone());
    DirectoryEntry: |it| format!("directory:{}", it.id), to Owner::DEPLOYMENT;
    Announcement: |it| format!("announcement:{}", it.id), to Owner::DEPLOYMENT;
}

macro_rules! deliveries {
    ($($name:ident($destination:ty),)+) => {
        /// What the outbox holds.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Delivery {
            $(#[doc = concat!("See [`", stringify!($destination), "`].")] $name($destination),)+
        }

        impl Delivery {
            pub(super) fn lane(&self) -> Lane {
                match self { $(Self::$name(_) => <$destination as Destination>::LANE,)+ }
            }

            pub(super) fn last_one_counts(&self) -> bool {
                match self { $(Self::$name(_) => <$destination as Destination>::LAST_ONE_COUNTS,)+ }
            }

            pub(crate) fn destination(&self) -> String {
                match self { $(Self::$name(delivery) => delivery.destination(),)+ }
            }

            pub(crate) async fn deliver<P: KvWriter + Ledgers>(&self, ports: &P) -> Result<(), NotDelivered> {
                match self { $(Self::$name(delivery) => delivery.deliver(ports).await,)+ }
            }

            pub(super) fn is_unsettled<P: KvWriter + Ledgers>(&self, ports: &P) -> bool {
                match self { $(Self::$name(delivery) => delivery.is_unsettled(ports),)+ }
            }
        }

        $(impl From<$destination> for Delivery {
            fn from(delivery: $destination) -> Self {
                Self::$name(delivery)
            }
        })+
    };
}

deliveries! {
    Kv(KvWrite),
    Membership(Membership),
    Departure(Departure),
    Directory(DirectoryEntry),
    Announcement(Announcement),
}

/// Longest pause between two tries, in seconds.
const PAUSE_MAX_SECONDS: u32 = 60;

/// When to try again after `failures` in a row: after 1, 2, 4, … seconds, at most a minute.
pub(super) fn next_try(now: Timestamp, failures: u32) -> Timestamp {
    let pause = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(PAUSE_MAX_SECONDS);
    now.plus_seconds(pause.clamp(1, PAUSE_MAX_SECONDS))
}

/// How long a delivery normally takes at most, in seconds.
const TRY_SECONDS: u32 = 2;

/// When the alarm has to ring for a delivery: as soon as it is due; or, since one that is due is being tried already,
/// when that try should have landed.
pub(super) fn alarm_for(due: Timestamp, now: Timestamp) -> Timestamp {
    if due > now { due } else { now.plus_seconds(TRY_SECONDS) }
}

/// When a value that has landed has to be delivered once more: an earlier try to the same destination whose outcome is
/// not known, or that still goes on, may land after it. `None` if it is final.
pub(super) fn confirm_at(now: Timestamp, failures: u32, is_unsettled: bool) -> Option<Timestamp> {
    (failures > 0 || is_unsettled).then(|| now.plus_seconds(PAUSE_MAX_SECONDS))
}

/// How long one delivery holds up the others of its lane, in seconds: far longer than any takes, in case whoever waited
/// for it is gone.
const DELIVERY_SECONDS: u32 = 60;

/// Whether a delivery that was begun at `since` still holds up the others.
pub(super) fn is_under_way(since: Option<Timestamp>, now: Timestamp) -> bool {
    since.is_some_and(|since| now < since.plus_seconds(DELIVERY_SECONDS))
}

/// A delivery that is due.
#[derive(Debug)]
pub(super) struct Due {
    /// Which of the destination's deliveries it is.
    pub(super) revision: i64,
    /// How often it has failed in a row.
    pub(super) attempts: u32,
    pub(super) delivery: Delivery,
}

impl<S: Sql> Store<S> {
    /// Deliveries of a lane that are due, oldest first.
    pub(super) fn due(&self, lane: Lane, now: Timestamp, limit: u32) -> Result<Vec<Due>, StorageError> {
        let query = "SELECT revision, attempts, body FROM outbox
             WHERE lane = ? AND body IS NOT NULL AND not_before <= ? ORDER BY not_before LIMIT ?";
        self.read(query, &[lane.as_str().into(), now.into(), limit.into()], |row| {
            let (revision, attempts) = (row.number()?, row.number()?);
            let attempts = u32::try_from(attempts).unwrap_or(u32::MAX);
            Ok(Due { revision, attempts, delivery: row.json()? })
        })
    }

    /// Records that a delivery has landed. A newer one that has taken its place waits for a second. At `confirm`, if
    /// there is one, the same delivery is made once more.
    pub(super) fn record_landed(
        &mut self,
        due: &Due,
        now: Timestamp,
        confirm: Option<Timestamp>,
    ) -> Result<(), StorageError> {
        let pause = now.plus_seconds(1);
        let destination = due.delivery.destination();
        let newest = Statement {
            sql: "UPDATE outbox SET tried_at = ?, attempts = 0, not_before = max(?, ?),
                body = CASE WHEN ? THEN body END WHERE destination = ? AND revision = ?",
            bindings: vec![
                now.into(),
                pause.into(),
                confirm.unwrap_or_default().into(),
                i64::from(confirm.is_some()).into(),
                destination.as_str().into(),
                due.revision.into(),
            ],
        };
        let newer = Statement {
            sql: "UPDATE outbox SET tried_at = ?, not_before = max(not_before, ?)
                WHERE destination = ? AND revision <> ?",
            bindings: vec![now.into(), pause.into(), destination.into(), due.revision.into()],
        };
        self.write(vec![newest, newer])
    }

    /// Records that a delivery has failed, and when to try again.
    pub(super) fn record_failed(
        &mut self,
        due: &Due,
        now: Timestamp,
        next: Timestamp,
    ) -> Result<(), StorageError> {
        self.write(vec![Statement {
            sql: "UPDATE outbox SET tried_at = ?, attempts = attempts + 1, not_before = ? WHERE destination = ?",
            bindings: vec![now.into(), next.into(), due.delivery.destination().into()],
        }])
    }

    /// Forgets deliveries that landed more than a second ago: they no longer hold anything back.
    pub(super) fn forget_landed(&mut self, now: Timestamp) -> Result<(), StorageError> {
        if !self.is_created() {
            return Ok(());
        }
        self.write(vec![Statement {
            sql: "DELETE FROM outbox WHERE body IS NULL AND tried_at <= ?",
            bindings: vec![(now.as_millis() - 1000).into()],
        }])
    }

    /// When the alarm has to ring, if there is anything to deliver.
    pub(super) fn next_alarm(&self, now: Timestamp) -> Result<Option<Timestamp>, StorageError> {
        // The first of those that are due, and the first of the others.
        let query = "SELECT min(not_before) FROM outbox WHERE body IS NOT NULL GROUP BY not_before > ?";
        let firsts = self.read(query, &[now.into()], |row| row.number().map(Timestamp::from_millis))?;
        Ok(firsts.into_iter().map(|due| alarm_for(due, now)).min())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute() {
        let now = Timestamp::from_millis(0);
        let pauses = [1, 2, 3, 6, 7, 40, u32::MAX].map(|failures| next_try(now, failures).as_millis() / 1000);
        assert_eq!(pauses, [1, 2, 4, 32, 60, 60, 60]);
    }

    #[test]
    fn a_delivery_that_has_to_wait_is_not_kept_waiting_longer() {
        let now = Timestamp::from_millis(5_000);
        let alarm = |due| alarm_for(Timestamp::from_millis(due), now).as_millis();
        assert_eq!(alarm(5_300), 5_300);
        assert_eq!([alarm(0), alarm(5_000)], [7_000, 7_000], "it is under way");
    }

    #[test]
    fn what_an_earlier_try_may_still_overwrite_is_written_once_more() {
        let now = Timestamp::from_millis(5_000);
        assert_eq!(confirm_at(now, 0, false), None);
        assert_eq!(confirm_at(now, 1, false), Some(now.plus_seconds(60)));
        assert_eq!(confirm_at(now, 0, true), Some(now.plus_seconds(60)));
    }

    #[test]
    fn a_delivery_that_hangs_holds_up_the_others_for_a_minute_only() {
        let since = Timestamp::from_millis(5_000);
        assert!(!is_under_way(None, since));
        assert!(is_under_way(Some(since), since.plus_seconds(59)));
        assert!(!is_under_way(Some(since), since.plus_seconds(60)));
    }
}
