//! Over real connections: reqwest, and a server of this process.

use std::future::IntoFuture;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use keyward_client::{ConfigError, Error, Keyward, Question, Reqwest};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::told::{KEY, valid};

/// The address of a server that answers every request so.
async fn serving(answer: impl Fn(Request) -> Response<Body> + Clone + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().fallback(async move |request: Request| answer(request));
    tokio::spawn(axum::serve(listener, app).into_future());
    format!("http://{address}")
}

/// The address of a server that reads a request and sends these bytes.
async fn sending(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(bytes).await;
        }
    });
    format!("http://{address}")
}

async fn problem(url: &str) -> Error {
    let keyward = Keyward::builder(url).key(KEY).retries(0).build().unwrap();
    keyward.verify(KEY, &Question::new()).await.unwrap_err()
}

fn json(status: StatusCode, body: String) -> Response<Body> {
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Body::from(body))
        .unwrap()
}

#[tokio::test]
async fn a_question_is_a_post_with_the_clients_own_key() {
    let seen = Arc::new(Mutex::new(String::new()));
    let saw = Arc::clone(&seen);
    let url = serving(move |request| {
        let header = |name| request.headers()[name].to_str().unwrap();
        *saw.lock().unwrap() = format!(
            "{} {} {} {} {}",
            request.method(),
            request.uri(),
            header("authorization"),
            header("content-type"),
            header("user-agent"),
        );
        json(StatusCode::OK, valid().to_string())
    })
    .await;
    let keyward = Keyward::connect(&format!("{url}/base/"), KEY).unwrap();
    assert!(keyward.verify(KEY, &Question::new()).await.unwrap().is_valid());
    let agent = concat!("keyward-client/", env!("CARGO_PKG_VERSION"));
    assert_eq!(*seen.lock().unwrap(), format!("POST /base/v1/verify Bearer {KEY} application/json {agent}"));
}

#[tokio::test]
async fn a_redirect_is_not_followed_whatever_the_client_is_told() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let other = serving(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        json(StatusCode::OK, valid().to_string())
    })
    .await;
    for status in [StatusCode::FOUND, StatusCode::TEMPORARY_REDIRECT, StatusCode::PERMANENT_REDIRECT] {
        let location = other.clone();
        let url = serving(move |_| {
            Response::builder().status(status).header("location", &location).body(Body::empty()).unwrap()
        })
        .await;
        assert_eq!(problem(&url).await.status(), Some(status.as_u16()));
        let eager = reqwest::Client::builder().redirect(reqwest::redirect::Policy::limited(5));
        let keyward = Keyward::builder(&url).build_with(Reqwest::new(eager).unwrap()).unwrap();
        keyward.verify(KEY, &Question::new()).await.unwrap_err();
    }
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn no_connection_and_broken_answers_are_no_answer() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = problem(&format!("http://{free}")).await;
    assert_eq!((error.code(), error.status()), ("client.unreachable", None));
    assert_eq!(error.detail(), "The server cannot be reached: connection refused");
    for bytes in [
        &b""[..],
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"valid\":true",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"val",
    ] {
        let error = problem(&sending(bytes).await).await;
        assert_eq!(error.code(), "client.unreachable", "{}", String::from_utf8_lossy(bytes));
    }
}

#[tokio::test]
async fn an_answer_that_does_not_end_is_not_read_to_its_end() {
    let url = serving(|_| {
        let part = Bytes::from(vec![b' '; 64 * 1024]);
        let parts = futures_util::stream::repeat_with(move || Ok::<_, std::io::Error>(part.clone()));
        Response::new(Body::from_stream(parts))
    })
    .await;
    assert_eq!(problem(&url).await.detail(), "The server cannot be reached: the answer is too large");
}

#[tokio::test]
async fn without_tls_the_error_says_what_to_turn_on() {
    let error = problem("https://127.0.0.1:1").await;
    assert!(error.detail().contains("`rustls`"), "{error}");
}

#[test]
fn plain_http_is_refused_for_other_machines() {
    let found =
        Keyward::builder("http://192.0.2.1").build_with(Reqwest::new(reqwest::Client::builder()).unwrap());
    assert_eq!(found.map(|_| ()).unwrap_err(), ConfigError::Insecure);
}
