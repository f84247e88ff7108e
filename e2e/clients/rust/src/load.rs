//! Watches, an ephemeral node, and writes, through whatever happens to members.

use crate::{at, path_of, Outcome, EPHEMERAL, PERSISTENT};
use std::collections::HashMap;
use std::io::Read;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{unbounded_channel, UnboundedSender};
use tokio::time::sleep;
use zookeeper_client::{Client, Error, OneshotWatcher, SessionState};

const PAUSE: Duration = Duration::from_millis(10);
const TELL_EVERY: Duration = Duration::from_millis(100);
const WATCHED: [&str; 3] = ["data", "listed", "absent"];

#[derive(Default)]
struct Losses {
    connections: AtomicU64,
    sessions: AtomicU64,
}

/// Until standard input ends.
pub async fn run(client: &Client) -> Outcome<()> {
    let losses = Arc::new(Losses::default());
    tokio::spawn(count(client.clone(), losses.clone()));
    for name in ["data", "listed", "writes"] {
        at(name, client.create(&path_of(name), b"", PERSISTENT).await)?;
    }
    at("own", client.create(&path_of("own"), b"", EPHEMERAL).await)?;
    let (fire, mut fired) = unbounded_channel();
    for name in WATCHED {
        at(name, look(client, name, &fire).await)?;
    }
    println!("session {:x}\nready", client.session_id().0);
    let is_ended = until_input_ends();
    let mut seen: HashMap<&str, u64> = HashMap::new();
    let (mut writes, mut longest_gap) = (0, Duration::ZERO);
    let (mut acknowledged, mut told) = (Instant::now(), Instant::now());
    loop {
        let is_last = is_ended.load(Ordering::Relaxed);
        while let Ok(name) = fired.try_recv() {
            let what = look_until_answered(client, name, &fire).await?;
            let times = seen.entry(name).or_default();
            *times += 1;
            println!("event {name} {times} {what}");
        }
        write(client, writes + 1).await?;
        let now = Instant::now();
        longest_gap = longest_gap.max(now - acknowledged);
        acknowledged = now;
        writes += 1;
        if is_last || now - told >= TELL_EVERY {
            told = now;
            println!(
                r#"progress {{"writes":{writes},"connectionsLost":{},"sessionsLost":{},"longestGapMs":{}}}"#,
                losses.connections.load(Ordering::Relaxed),
                losses.sessions.load(Ordering::Relaxed),
                longest_gap.as_millis()
            );
        }
        if is_last {
            break;
        }
        sleep(PAUSE).await;
    }
    println!("ended {:x}", client.session_id().0);
    Ok(())
}

async fn count(client: Client, losses: Arc<Losses>) {
    let mut states = client.state_watcher();
    drop(client);
    loop {
        match states.changed().await {
            SessionState::Disconnected => losses.connections.fetch_add(1, Ordering::Relaxed),
            SessionState::Expired => losses.sessions.fetch_add(1, Ordering::Relaxed),
            SessionState::Closed => return,
            _ => 0,
        };
    }
}

/// Leaves a watch, and says what is there.
async fn look(client: &Client, name: &'static str, fire: &UnboundedSender<&'static str>) -> Result<String, Error> {
    let path = path_of(name);
    let (what, watcher): (String, OneshotWatcher) = match name {
        "data" => {
            let (data, _, watcher) = client.get_and_watch_data(&path).await?;
            (String::from_utf8_lossy(&data).into_owned(), watcher)
        }
        "absent" => {
            let (stat, watcher) = client.check_and_watch_stat(&path).await?;
            (if stat.is_some() { "there" } else { "gone" }.to_string(), watcher)
        }
        _ => {
            let (children, watcher) = client.list_and_watch_children(&path).await?;
            (children.len().to_string(), watcher)
        }
    };
    let fire = fire.clone();
    tokio::spawn(async move {
        watcher.changed().await;
        fire.send(name)
    });
    Ok(what)
}

async fn look_until_answered(
    client: &Client,
    name: &'static str,
    fire: &UnboundedSender<&'static str>,
) -> Outcome<String> {
    loop {
        match look(client, name, fire).await {
            Err(error) if is_lost(&error) => sleep(PAUSE).await,
            answered => return at(name, answered),
        }
    }
}

/// What the socket said of it comes as an error of its own.
fn is_lost(error: &Error) -> bool {
    matches!(error, Error::ConnectionLoss | Error::Custom(_))
}

/// A connection that is lost leaves in doubt whether the node was made: it is there then, or is made now.
async fn write(client: &Client, number: u64) -> Outcome<()> {
    let path = path_of(&format!("writes/{number}"));
    let mut is_in_doubt = false;
    loop {
        match client.create(&path, b"", PERSISTENT).await {
            Err(Error::NodeExists) if is_in_doubt => return Ok(()),
            Err(error) if is_lost(&error) => is_in_doubt = true,
            answered => return at(&path, answered.map(|_| ())),
        }
        sleep(PAUSE).await;
    }
}

fn until_input_ends() -> Arc<AtomicBool> {
    let is_ended = Arc::new(AtomicBool::new(false));
    let ended = is_ended.clone();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        ended.store(true, Ordering::Relaxed);
    });
    is_ended
}
