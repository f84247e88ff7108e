//! Rust's client, the crate zookeeper-client. What it prints and is told: libraries/library-client.ts.

mod checks;
mod load;

use std::env;
use std::process::exit;
use std::time::Duration;
use zookeeper_client::{Acls, Client, CreateMode, CreateOptions, Error, SessionState};

const SESSION_TIMEOUT: Duration = Duration::from_secs(15);

pub const PERSISTENT: &CreateOptions<'static> = &CreateMode::Persistent.with_acls(Acls::anyone_all());
pub const EPHEMERAL: &CreateOptions<'static> = &CreateMode::Ephemeral.with_acls(Acls::anyone_all());

/// What went wrong, in words.
pub type Outcome<T> = Result<T, String>;

pub fn path_of(name: &str) -> String {
    format!("/libraries/{}/{name}", env::var("NAME").unwrap_or_default())
}

pub async fn connect() -> Outcome<Client> {
    let hosts = env::var("HOSTS").map_err(|error| error.to_string())?;
    let connected = Client::connector().session_timeout(SESSION_TIMEOUT).connect(&hosts).await;
    connected.map_err(|error| format!("connect: {error}"))
}

/// A session is closed with the last of its clients.
pub async fn close(client: Client) {
    let mut states = client.state_watcher();
    drop(client);
    while states.changed().await != SessionState::Closed {}
}

/// Says where an unexpected error came from.
pub fn at<T>(what: &str, result: Result<T, Error>) -> Outcome<T> {
    result.map_err(|error| format!("{what}: {error}"))
}

async fn run() -> Outcome<()> {
    let client = connect().await?;
    let root = path_of("");
    at("create", client.create(root.trim_end_matches('/'), b"", PERSISTENT).await)?;
    checks::all(&client).await?;
    load::run(&client).await.map_err(|wrong| format!("load: {wrong}"))?;
    close(client).await;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let outcome = run().await;
    if let Err(wrong) = &outcome {
        println!("failed {wrong}");
    }
    // Not before the thread that reads standard input, which waits for its end.
    exit(outcome.is_err().into());
}
