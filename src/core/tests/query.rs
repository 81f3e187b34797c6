//! What queries for lists may ask for.

use keyward_core::page::{Cursor, Position};
use keyward_core::query::{
    EventAction, EventQuery, Flag, KeyQuery, Limit, Offset, Order, QueryError, Search, SortField, Statuses,
};

#[test]
fn order_is_a_field_with_an_optional_dash_for_descending() {
    for field in SortField::ALL {
        let name = field.as_str();
        for (text, descending) in [(name.to_owned(), false), (format!("-{name}"), true)] {
            let order = Order { field, descending };
            assert_eq!(Order::try_from(text.clone()), Ok(order));
            assert_eq!(String::from(order), text);
        }
    }
    assert_eq!(String::from(Order::default()), "-created_at");
}

#[test]
fn other_orders_are_refused() {
    for bad in ["", "-", "--title", "+title", "Title", "title ", " title", "title-", "id", "created_at,title"]
    {
        assert_eq!(Order::try_from(bad.to_owned()), Err(QueryError::Order), "{bad}");
    }
}

#[test]
fn sort_fields_are_listed_once() {
    let names: std::collections::BTreeSet<&str> = SortField::ALL.into_iter().map(SortField::as_str).collect();
    assert_eq!(
        names.into_iter().collect::<Vec<_>>(),
        ["created_at", "expires_at", "last_used_at", "revoked_at", "title", "updated_at"]
    );
}

#[test]
fn pages_have_bounds_and_defaults() {
    let page = |limit: &str, offset: &str| {
        let limit = Limit::try_from(limit.to_owned())?;
        let offset = Offset::try_from(offset.to_owned())?;
        let query = EventQuery { limit: Some(limit), offset: Some(offset), ..EventQuery::default() };
        query.page("x").map(|page| (page.limit, page.offset))
    };
    let usual = EventQuery::default().page("x").expect("a page");
    assert_eq!((usual.limit, usual.offset, usual.after), (20, 0, None));
    assert_eq!(page("100", "10000"), Ok((100, 10_000)));
    for bad in ["0", "101", "", "+5", "2.5", "-1", " 1"] {
        assert_eq!(page(bad, "0"), Err(QueryError::Limit), "{bad}");
    }
    for bad in ["-1", "10001", "4294967296", "x"] {
        assert_eq!(page("1", bad), Err(QueryError::Offset), "{bad}");
    }
}

#[test]
fn a_cursor_reads_as_it_was_written_and_stands_in_its_own_list_alone() {
    let position = Position { value: "straße".to_owned(), id: "apk_7".to_owned() };
    let page = KeyQuery::default().page("acme keys").expect("a page");
    let text = String::from(page.cursor(position.clone(), 7));
    let cursor = Cursor::try_from(text.clone()).expect("a cursor");
    assert_eq!(String::from(cursor.clone()), text);
    let query = KeyQuery { after: Some(cursor), ..KeyQuery::default() };
    assert_eq!(query.page("acme keys").map(|page| (page.after, page.offset)), Ok((Some(position), 7)));
    assert_eq!(query.page("other keys"), Err(QueryError::Cursor));
    let order = Order { field: SortField::Title, descending: false };
    assert_eq!(KeyQuery { order, ..query }.page("acme keys"), Err(QueryError::Cursor));
    // No digits, half a byte, no text, a part too few, a part too many, too long.
    for bad in ["", "x", "7", "ff0a0a0a30", "610a620a30", &format!("{text}0a"), &"00".repeat(2049)] {
        assert_eq!(Cursor::try_from(bad.to_owned()), Err(QueryError::Cursor), "{bad}");
    }
}

#[test]
fn actions_are_those_of_events() {
    for good in ["key.created", "key.deleted", "member.removed"] {
        assert_eq!(EventAction::try_from(good.to_owned()).map(String::from), Ok(good.to_owned()));
    }
    for bad in ["", "key", "key.Created", "KeyCreated", "key.created "] {
        assert_eq!(EventAction::try_from(bad.to_owned()), Err(QueryError::Action), "{bad}");
    }
}

#[test]
fn texts_are_searched_without_case() {
    let folded = |text: &str| Search::try_from(text.to_owned()).map(|search| search.folded());
    assert_eq!(folded("  ÄRGER "), Ok(Some("ärger".into())));
    assert_eq!(folded(" \u{200b}"), Ok(None));
    assert_eq!(folded(&"x".repeat(201)), Err(QueryError::SearchLength));
    assert_eq!(folded("a\nb"), Err(QueryError::SearchCharacter));
    assert_eq!(folded("a\u{2028}b"), Err(QueryError::SearchCharacter));
}

#[test]
fn statuses_are_one_or_several_each_once() {
    let read = |text: &str| Statuses::try_from(text.to_owned());
    for good in ["active", "retiring,active", "active,retiring,expired,revoked"] {
        assert_eq!(read(good).map(String::from), Ok(good.to_owned()));
    }
    for bad in ["", ",", "active,", ",active", "active, retiring", "ACTIVE", "gone", "active,gone"] {
        assert_eq!(read(bad), Err(QueryError::Status), "{bad}");
    }
    assert_eq!(read("active,expired,active"), Err(QueryError::StatusTwice));
}

#[test]
fn a_flag_is_true_or_false() {
    for (text, expected) in [("true", true), ("false", false)] {
        let flag = Flag::try_from(text.to_owned()).expect(text);
        assert_eq!((flag.is_set(), String::from(flag)), (expected, text.to_owned()));
    }
    for bad in ["", "1", "yes", "True", " true"] {
        assert_eq!(Flag::try_from(bad.to_owned()), Err(QueryError::Flag), "{bad}");
    }
}
