//! The outbox: what others have to be told is committed with the change that it tells of, and delivered until it has
//! landed.
//!
//! What can be delivered implements [`Destination`]. When a delivery is due and tried again is decided here by pure
//! functions; whose turn it is, by `slots.rs` over the rows of `queue.rs`.

use keyward_core::{LedgerLocator, Owner, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::LedgerRequest;
use super::directory::{Announcement, DirectoryEntry};
use super::memberships::{Departure, Membership};
use crate::objects;
use crate::ports::{KvWriter, Ledgers};

/// Deliveries that share slots: so many are under way at once. The lanes do not wait for each other: however many members
/// have to be told something, a revocation is in KV at once.
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

    /// How many deliveries of this lane may be under way at once: together the lanes have the six connections of an object.
    pub(super) fn slots(self) -> usize {
        match self {
            Self::Kv => 4,
            Self::Ledgers => 2,
        }
    }

    /// How many of these may be ordinary ones: a slot to KV is kept for restrictions.
    pub(super) fn ordinary_slots(self) -> usize {
        match self {
            Self::Kv => 3,
            Self::Ledgers => 2,
        }
    }
}

/// Which of an owner's deliveries go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// A key or a membership is over.
    End,
    /// A key or a member may do less from now on.
    Restriction,
    /// Everything else.
    Ordinary,
}

impl Urgency {
    /// Every urgency, most urgent first.
    pub const ALL: [Self; 3] = [Self::End, Self::Restriction, Self::Ordinary];

    /// That of a change that restricts, or does not.
    #[must_use]
    pub fn of(restricts: bool) -> Self {
        if restricts { Self::Restriction } else { Self::Ordinary }
    }

    pub(super) fn as_number(self) -> u32 {
        match self {
            Self::End => 0,
            Self::Restriction => 1,
            Self::Ordinary => 2,
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
    /// With which deliveries it shares slots.
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
    let landed = objects::from_str::<Result<(), crate::Problem>>(&answer);
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

/// How long a delivery that cannot be read is left alone, in seconds: until it is replaced, or can be read again.
pub(super) const UNREADABLE_PAUSE_SECONDS: u32 = 3600;

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
}
