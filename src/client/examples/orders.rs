//! An API whose requests need a key.

use axum::{Extension, Router, routing::get};
use keyward_client::{Keyward, Question, RequireKey, VerifiedKey};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let keyward = Keyward::connect(&std::env::var("KEYWARD_URL")?, &std::env::var("KEYWARD_API_KEY")?)?;
    let orders = RequireKey::new(&keyward, Question::new().scopes(["orders:read"]))?;
    let app = Router::new().route("/orders/mine", get(mine)).layer(orders);
    let listener = tokio::net::TcpListener::bind(std::env::var("LISTEN")?).await?;
    eprintln!("listening on {}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

async fn mine(Extension(key): Extension<VerifiedKey>) -> String {
    format!("The orders of {}", key.owner)
}
