//! Cancels, which come on connections of their own.

use super::{PATIENCE, Recording, connection, count, postgres, psql, server, text};
use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

#[test]
fn a_cancel_reaches_its_statement_and_replication_is_passed_on() {
    let server = server();
    let recording = Recording::of(&server);
    let through = connection(&server, recording.port, "");
    let mut command = postgres("psql");
    command.args(["-X", "-d", &through, "-c", "SELECT pg_sleep(50)"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    // Until it sleeps.
    let active = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'";
    let own = connection(&server, server.tcp_port().unwrap(), "");
    while !text(&psql(&own, active)).contains(" 1\n") {
        assert!(begun.elapsed() < PATIENCE);
        thread::sleep(Duration::from_millis(20));
    }
    assert!(
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success()
    );
    let output = child.wait_with_output().unwrap();
    assert!(text(&output).contains("canceling statement due to user request"), "{}", text(&output));
    assert!(begun.elapsed() < Duration::from_secs(45));

    let stream = connection(&server, recording.port, "replication=database");
    let output = psql(&stream, "IDENTIFY_SYSTEM;");
    assert!(text(&output).contains("systemid"), "{}", text(&output));
    let (workload, said) = recording.stop();
    assert_eq!((count(&said, "cancels"), count(&said, "passed")), (1, 1), "{said}");
    let [slept] = workload.statements.as_slice() else { panic!("{:?}", workload.statements) };
    assert_eq!(slept.error.unwrap().as_str(), "57014");
}

/// A message of the protocol.
fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    [&[kind][..], &length, body].concat()
}

/// The first packet of a connection, with its length.
fn first_packet(stream: &mut TcpStream) -> Vec<u8> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).unwrap();
    let mut packet = vec![0; u32::from_be_bytes(length) as usize];
    packet[..4].copy_from_slice(&length);
    stream.read_exact(&mut packet[4..]).unwrap();
    packet
}

/// Version 3.2 came with PostgreSQL 18: a cancel key may have 256 bytes. The server here says what such a
/// one says.
#[test]
fn protocol_3_2_passes_with_its_long_cancel_keys() {
    const CANCEL: [u8; 4] = 80_877_102_u32.to_be_bytes();
    let key: Vec<u8> = (0..=255).collect();
    let pid = 4_711_u32.to_be_bytes();
    let ready = message(b'Z', b"I");
    let greeting =
        [message(b'R', &[0; 4]), message(b'K', &[&pid[..], &key].concat()), ready.clone()].concat();
    let field =
        [&b"n\0"[..], &[0; 6], &23_u32.to_be_bytes(), &[0, 4, 255, 255, 255, 255, 0, 0]].concat();
    let rows = [
        message(b'T', &[&[0, 1][..], &field].concat()),
        message(b'D', &[0, 1, 0, 0, 0, 1, b'1']),
        message(b'C', b"SELECT 1\0"),
        ready,
    ]
    .concat();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let upstream = format!("postgres://{}?sslmode=disable", listener.local_addr().unwrap());
    let (seen, packets) = mpsc::channel();
    let (greets, answers) = (greeting.clone(), rows.clone());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, seen) = (stream.unwrap(), seen.clone());
            let (greets, answers) = (greets.clone(), answers.clone());
            thread::spawn(move || {
                let packet = first_packet(&mut stream);
                let is_cancel = packet[4..8] == CANCEL;
                seen.send(packet).unwrap();
                if is_cancel {
                    return;
                }
                stream.write_all(&greets).unwrap();
                let mut kind = [0];
                while stream.read_exact(&mut kind).is_ok() && kind == *b"Q" {
                    let _ = first_packet(&mut stream);
                    stream.write_all(&answers).unwrap();
                }
            });
        }
    });
    let recording = Recording::start(&upstream, &[]);
    let connect = || {
        let stream = TcpStream::connect(("127.0.0.1", recording.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    };
    let packet =
        |body: &[u8]| [&u32::try_from(body.len() + 4).unwrap().to_be_bytes()[..], body].concat();
    let startup = packet(&[&[0, 3, 0, 2][..], b"user\0gnomon\0database\0gnomon\0\0"].concat());
    let mut client = connect();
    client.write_all(&startup).unwrap();
    let mut answer = vec![0; greeting.len()];
    client.read_exact(&mut answer).unwrap();
    assert_eq!(answer, greeting);
    assert_eq!(packets.recv_timeout(PATIENCE).unwrap(), startup);
    client.write_all(&message(b'Q', b"SELECT 1 AS n\0")).unwrap();
    let mut answer = vec![0; rows.len()];
    client.read_exact(&mut answer).unwrap();
    assert_eq!(answer, rows);
    let cancel = packet(&[&CANCEL[..], &pid, &key].concat());
    connect().write_all(&cancel).unwrap();
    assert_eq!(packets.recv_timeout(PATIENCE).unwrap(), cancel);
    client.write_all(&message(b'X', &[])).unwrap();
    drop(client);
    let (workload, said) = recording.stop();
    assert_eq!((count(&said, "recorded"), count(&said, "cancels")), (1, 1), "{said}");
    assert_eq!(workload.statements[0].sql, "SELECT 1 AS n");
}
