//! Every call of the client, and what has to come of it.

use crate::{at, close, connect, path_of, Outcome, EPHEMERAL, PERSISTENT};
use std::fmt::Debug;
use std::time::Duration;
use tokio::time::timeout;
use zookeeper_client::{
    Acl, Acls, AddWatchMode, AuthId, Client, CreateMode, Error, EventType, OneshotWatcher, Permission,
};

const EVENT_TIMEOUT: Duration = Duration::from_secs(5);
const TTL: Duration = Duration::from_secs(60);

/// How much a group has looked at.
#[derive(Default)]
struct Looks(usize);

impl Looks {
    fn expect<T: PartialEq + Debug>(&mut self, what: &str, expected: T, got: T) -> Outcome<()> {
        self.0 += 1;
        if expected == got {
            return Ok(());
        }
        Err(format!("{what}: {got:?} instead of {expected:?}"))
    }

    fn refuses<T>(&mut self, what: &str, expected: Error, got: Result<T, Error>) -> Outcome<()> {
        self.expect(what, Some(expected), got.err())
    }

    async fn event(&mut self, watcher: OneshotWatcher, kind: EventType, path: &str) -> Outcome<()> {
        let came = timeout(EVENT_TIMEOUT, watcher.changed()).await;
        let event = came.map_err(|_| format!("event {kind}: none in time"))?;
        self.expect("event", (kind, path.to_string()), (event.event_type, event.path))
    }
}

macro_rules! check {
    ($group:ident, $name:literal, $client:expr) => {
        let mut looks = Looks::default();
        $group($client, &mut looks).await.map_err(|wrong| format!("{}: {wrong}", $name))?;
        println!("checked {} {}", $name, looks.0);
    };
}

pub async fn all(client: &Client) -> Outcome<()> {
    check!(create, "create", client);
    check!(sequence, "sequence", client);
    check!(get_and_set, "get-set", client);
    check!(bad_version, "bad-version", client);
    check!(exists, "exists", client);
    check!(children, "children", client);
    check!(delete, "delete", client);
    check!(not_empty, "not-empty", client);
    check!(multi, "multi", client);
    check!(acl, "acl", client);
    check!(data_watch, "data-watch", client);
    check!(child_watch, "child-watch", client);
    check!(exists_watch, "exists-watch", client);
    check!(recursive_watch, "recursive-watch", client);
    check!(ephemeral, "ephemeral", client);
    check!(container, "container", client);
    check!(ttl, "ttl", client);
    check!(sync, "sync", client);
    Ok(())
}

async fn create(client: &Client, looks: &mut Looks) -> Outcome<()> {
    let path = path_of("create");
    let (stat, _) = at("create", client.create(&path, b"a", PERSISTENT).await)?;
    looks.expect("length", 1, stat.data_length)?;
    looks.refuses("again", Error::NodeExists, client.create(&path, b"a", PERSISTENT).await)?;
    looks.refuses("no parent", Error::NoNode, client.create(&path_of("no/parent"), b"", PERSISTENT).await)?;
    let own = path_of("create/ephemeral");
    let (stat, _) = at("ephemeral", client.create(&own, b"", EPHEMERAL).await)?;
    looks.expect("owner", client.session_id().0, stat.ephemeral_owner)?;
    let beneath = client.create(&path_of("create/ephemeral/a"), b"", PERSISTENT).await;
    looks.refuses("beneath an ephemeral", Error::NoChildrenForEphemerals, beneath)
}

async fn sequence(client: &Client, looks: &mut Looks) -> Outcome<()> {
    at("create", client.create(&path_of("sequence"), b"", PERSISTENT).await)?;
    let modes = [CreateMode::PersistentSequential, CreateMode::PersistentSequential, CreateMode::EphemeralSequential];
    for (number, mode) in modes.into_iter().enumerate() {
        let options = mode.with_acls(Acls::anyone_all());
        let (_, got) = at("sequential", client.create(&path_of("sequence/n-"), b"", &options).await)?;
        looks.expect("number", format!("{number:010}"), got.to_string())?;
    }
    Ok(())
}

async fn get_and_set(client: &Client, looks: &mut Looks) -> Outcome<()> {
    let path = path_of("get-set");
    at("create", client.create(&path, b"first", PERSISTENT).await)?;
    let (data, stat) = at("get", client.get_data(&path).await)?;
    looks.expect("data", b"first".to_vec(), data)?;
    looks.expect("version", 0, stat.version)?;
    looks.expect("any version", 1, at("set", client.set_data(&path, b"second", None).await)?.version)?;
    looks.expect("that version", 2, at("set", client.set_data(&path, b"third", Some(1)).await)?.version)?;
    let (data, stat) = at("get", client.get_data(&path).await)?;
    looks.expect("data after it", b"third".to_vec(), data)?;
    looks.expect("version after it", 2, stat.version)?;
    looks.refuses("nothing there", Error::NoNode, client.get_data(&path_of("nowhere")).await)
}

async fn bad_version(client: &Client, looks: &mut Looks) -> Outcome<()> {
    let path = path_of("bad-version");
    at("create", client.create(&path, b"a", PERSISTENT).await)?;
    looks.refuses("set", Error::BadVersion, client.set_data(&path, b"b", Some(7)).await)?;
    looks.refuses("delete", Error::BadVersion, client.delete(&path, Some(7)).await)?;
    looks.expect("unchanged", b"a".to_vec(), at("get", client.get_data(&path).await)?.0)
}

async fn exists(client: &Client, looks: &mut Looks) -> Outcome<()> {
    let path = path_of("exists");
    looks.expect("there", false, at("exists", client.check_stat(&path).await)?.is_some())?;
    at("create", client.create(&path, b"a", PERSISTENT).await)?;
    let stat = at("exists", client.check_stat(&path).await)?;
    looks.expect("length", Some(1), stat.map(|stat| stat.data_length))
}

async fn children(client: &Client, looks: &mut Looks) -> Outcome<()> {
    let path = path_of("children");
    for name in ["", "/a", "/b", "/c"] {
        at("create", client.create(&format!("{path}{name}"), b"", PERSISTENT).await)?;
    }
    let (mut names, stat) = at("children", client.get_children(&path).await)?;
    names.sort();
    looks.expect("names", vec!["a".to_string(), "b".to_string(), "c".to_string()], names)?;
    looks.expect("number", 3, stat.num_children)?;
    looks.expect("number of all", 3, at("count", client.count_descendants_number(&path).await)?)
}

async fn delete(client: &Client, looks: &mut Looks) -> Outcome<()> {
    let path = path_of("delete");
    at("create", client.create(&path, b"", PERSISTENT).await)?;
    at("delete", client.delete(&path, Some(0)).await)?;
    looks.expect("there", false, at("exists", client.check_stat(&path).await)?.is_some())?;
    looks.refuses("again", Error::NoNode, client.delete(&path, None).await)
}

async fn not_empty(client: &Client, looks: &mut Looks) -> Outcome<()> {
    looks.refuses("with children", Error::NotEmpty, client.delete(&path_of("children"), None).await)
}

async fn multi(client: &Client, looks: &mut Looks) -> Outcome<()> {
    let path = path_of("multi");
    let two = path_of("multi/two");
    at("create", client.create(&path, b"a", PERSISTENT).await)?;
    let mut together = client.new_multi_writer();
    at("check", together.add_check_version(&path, 0))?;
    at("create", together.add_create(&path_of("multi/one"), b"", PERSISTENT))?;
    at("create", together.add_create(&two, b"", PERSISTENT))?;
    at("set", together.add_set_data(&path, b"b", Some(0)))?;
    at("delete", together.add_delete(&two, None))?;
    let results = at("multi", together.commit().await.map_err(Error::from))?;
    looks.expect("results", 5, results.len())?;
    looks.expect("set", b"b".to_vec(), at("get", client.get_data(&path).await)?.0)?;
    looks.expect("children", vec!["one".to_string()], at("children", client.list_children(&path).await)?)?;
    let mut refused = client.new_multi_writer();
    at("create", refused.add_create(&two, b"", PERSISTENT))?;
    at("check", refused.add_check_version(&path, 0))?;
    looks.refuses("one is refused", Error::BadVersion, refused.commit().await.map_err(Error::from))?;
    looks.expect("children then", vec!["one".to_string()], at("children", client.list_children(&path).await)?)
}

async fn acl(client: &Client, looks: &mut Looks) -> Outcome<()> {
    let path = path_of("acl");
    let again = path_of("acl-again");
    at("auth", client.auth("digest".to_string(), b"ann:apple".to_vec()).await)?;
    for node in [&path, &again] {
        let options = CreateMode::Persistent.with_acls(Acls::creator_all());
        at("create", client.create(node, b"secret", &options).await)?;
    }
    let (list, _) = at("get", client.get_acl(&path).await)?;
    let entries: Vec<_> = list.iter().map(|entry| (entry.scheme().to_string(), entry.permission())).collect();
    looks.expect("list", vec![("digest".to_string(), Permission::ALL)], entries)?;
    let other = connect().await?;
    looks.refuses("nobody reads", Error::NoAuth, other.get_data(&path).await)?;
    looks.refuses("nobody writes", Error::NoAuth, other.set_data(&path, b"x", None).await)?;
    let readable = [Acl::new(Permission::READ, AuthId::anyone())];
    let stat = at("set", client.set_acl(&path, &readable, Some(0)).await)?;
    looks.expect("version of the list", 1, stat.aversion)?;
    at("sync", other.sync(&path).await)?;
    looks.expect("anybody reads", b"secret".to_vec(), at("get", other.get_data(&path).await)?.0)?;
    looks.refuses("nobody writes yet", Error::NoAuth, other.set_data(&path, b"x", None).await)?;
    at("auth", other.auth("digest".to_string(), b"ann:apple".to_vec()).await)?;
    looks.expect("who proves it reads", b"secret".to_vec(), at("get", other.get_data(&again).await)?.0)
}

async fn data_watch(client: &Client, looks: &mut Looks) -> Outcome<()> {
    let path = path_of("data-watch");
    at("create", client.create(&path, b"a", PERSISTENT).await)?;
    let (_, _, watcher) = at("get", client.get_and_watch_data(&path).await)?;
    at("set", client.set_data(&path, b"b", None).await)?;
    looks.event(watcher, EventType::NodeDataChanged, &path).await
}

async fn child_watch(client: &Client, looks: &mut Looks) -> Outcome<()> {
    let path = path_of("child-watch");
    at("create", client.create(&path, b"", PERSISTENT).await)?;
    let (_, watcher) = at("children", client.list_and_watch_children(&path).await)?;
    at("create", client.create(&path_of("child-watch/a"), b"", PERSISTENT).await)?;
    looks.event(watcher, EventType::NodeChildrenChanged, &path).await
}

async fn exists_watch(client: &Client, looks: &mut Looks) -> Outcome<()> {
    let path = path_of("exists-watch");
    let (stat, created) = at("exists", client.check_and_watch_stat(&path).await)?;
    looks.expect("there", false, stat.is_some())?;
    at("create", client.create(&path, b"", PERSISTENT).await)?;
    looks.event(created, EventType::NodeCreated, &path).await?;
    let (_, deleted) = at("exists", client.check_and_watch_stat(&path).await)?;
    at("delete", client.delete(&path, None).await)?;
    looks.event(deleted, EventType::NodeDeleted, &path).await
}

async fn recursive_watch(client: &Client, looks: &mut Looks) -> Outcome<()> {
    let path = path_of("recursive-watch");
    let child = path_of("recursive-watch/a");
    at("create", client.create(&path, b"", PERSISTENT).await)?;
    let mut watcher = at("watch", client.watch(&path, AddWatchMode::PersistentRecursive).await)?;
    at("create", client.create(&child, b"", PERSISTENT).await)?;
    at("set", client.set_data(&child, b"x", None).await)?;
    at("delete", client.delete(&child, None).await)?;
    for kind in [EventType::NodeCreated, EventType::NodeDataChanged, EventType::NodeDeleted] {
        let came = timeout(EVENT_TIMEOUT, watcher.changed()).await;
        let event = came.map_err(|_| format!("event {kind}: none in time"))?;
        looks.expect("event", (kind, child.clone()), (event.event_type, event.path))?;
    }
    Ok(())
}

async fn ephemeral(client: &Client, looks: &mut Looks) -> Outcome<()> {
    let path = path_of("ephemeral");
    let other = connect().await?;
    let owner = other.session_id().0;
    at("create", other.create(&path, b"", EPHEMERAL).await)?;
    at("sync", client.sync(&path).await)?;
    let (stat, deleted) = at("exists", client.check_and_watch_stat(&path).await)?;
    looks.expect("seen by another session", Some(owner), stat.map(|stat| stat.ephemeral_owner))?;
    close(other).await;
    looks.event(deleted, EventType::NodeDeleted, &path).await?;
    looks.expect("there with its session gone", false, at("exists", client.check_stat(&path).await)?.is_some())
}

async fn container(client: &Client, looks: &mut Looks) -> Outcome<()> {
    let options = CreateMode::Container.with_acls(Acls::anyone_all());
    let (stat, _) = at("create", client.create(&path_of("container"), b"", &options).await)?;
    looks.expect("children", 0, stat.num_children)
}

async fn ttl(client: &Client, looks: &mut Looks) -> Outcome<()> {
    let options = CreateMode::Persistent.with_acls(Acls::anyone_all()).with_ttl(TTL);
    let (stat, _) = at("create", client.create(&path_of("ttl"), b"", &options).await)?;
    looks.expect("version", 0, stat.version)
}

async fn sync(client: &Client, looks: &mut Looks) -> Outcome<()> {
    looks.expect("sync", Ok(()), client.sync(&path_of("sync")).await)
}
