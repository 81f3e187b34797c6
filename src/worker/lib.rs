//! Keyward's edge worker.

use worker::{Context, Env, Request, Response, Result, event};

/// Answers one HTTP request.
#[event(fetch)]
async fn fetch(_request: Request, _env: Env, _context: Context) -> Result<Response> {
    Response::ok("keyward")
}
