# Programs to record and replay: a function case_NAME for each, which sets
#   command          the program and its arguments; it runs in a fresh copy of $input, which the function may fill
#   output           what must be the same: native (the default): also without xrr; own: only at record and replay
#   status           the exit status to expect under record, if it is not that of the native run
#   limit            seconds for one run (150)
#   environment      more variables, as NAME=VALUE
#   standard_input   a file
#   through_pipes    1: standard output and error are pipes, not files
#   dialogue         the program runs on a terminal: see terminal.py
# and may define
#   start, stop      what is done before and after each run: servers that are not recorded
#   drive            what is done while it runs, by programs that are not recorded
#   check NAME       whether $run/NAME.out and NAME.err (native, record, replay) are right
# needs_NAME prints the programs that must be installed.
# shellcheck shell=bash disable=SC2034,SC2154,SC2317  # the variables are those of Scripts/programs

# The programs of the project's first "must show" line.
named=(ls bash find tar gzip python perl make git_clone git_log sqlite openssl curl redis gdb_version vim_es busybox
    swift_tool itself)

# Programs with threads, timers and much computation: the programs that the second "must show" line names.
threads=(openssl_speed python_threads python_processes python_asyncio node_timers node_workers java java_threads
    go_goroutines openmp swift_concurrency redis_io_threads nginx_workers postgres_pgbench stress_ng busy_terminal)

# Programs that make or translate code, are checked by code of the compiler's, or are simply large.
runtimes=(sbcl mono ffmpeg chromium valgrind_memcheck valgrind_helgrind valgrind_none address_sanitizer
    address_sanitizer_without_leaks address_sanitizer_overflow thread_sanitizer)

# Server ports: far from others, and different for runs of different users at the same time.
port() { echo $((20000 + ($1 + PPID) % 10000)); }

# numbers COUNT: lines that look random and are the same each time.
numbers() { awk -v n="$1" 'BEGIN { srand(7); for (i = 0; i < n; i++) printf "%d %.9f %x\n", i, rand(), rand() * 1e9 }'; }

# sources COUNT: a C project with a Makefile in $input.
sources() {
    local index
    mkdir -p "$input"
    for ((index = 1; index <= $1; index++)); do
        cat >"$input/part$index.c" <<END
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int part$index(int argument) {
    char text[64];
    snprintf(text, sizeof text, "%d", argument * $index);
    return (int)strlen(text) + atoi(text);
}
END
    done
    {
        echo '#include <stdio.h>'
        for ((index = 1; index <= $1; index++)); do echo "int part$index(int);"; done
        echo 'int main(void) { int sum = 0;'
        for ((index = 1; index <= $1; index++)); do echo "sum += part$index(sum);"; done
        echo 'printf("%d\n", sum); return 0; }'
    } >"$input/main.c"
    cat >"$input/Makefile" <<'END'
objects := $(patsubst %.c,%.o,$(wildcard *.c))
all: program
	./program
program: $(objects)
	$(CC) -o $@ $(sort $^)
%.o: %.c
	@$(CC) -O2 -c -o $@ $<
END
}

# repository DIRECTORY: a git repository with some history.
repository() {
    local index
    mkdir -p "$1"
    (
        cd "$1" || exit 1
        export HOME=$1 GIT_AUTHOR_DATE="2020-01-01T00:00:00Z" GIT_COMMITTER_DATE="2020-01-01T00:00:00Z"
        git init -q -b main
        git config user.name somebody && git config user.email somebody@example.org
        for ((index = 0; index < 40; index++)); do
            numbers $((200 + index)) >"file$((index % 7))"
            git add . && git commit -q -m "Change $index"
        done
    )
}

# MARK: Named programs

case_ls() { command=(ls -lR /usr/share); limit=300; }

case_bash() {
    mkdir "$input"
    cat >"$input/script" <<'END'
trap 'echo "exit trap"' EXIT
trap 'echo "usr1 trap"' USR1
seq 1 200 | sort -rn | head -n 3 | tr '\n' ' '
(cd /; echo "subshell in $PWD"; exit 3)
echo "status $?"
kill -USR1 $$
for i in 1 2 3 4 5; do (exit $((i * 2))) & pids[i]=$!; done
for i in 1 2 3 4 5; do wait "${pids[i]}"; echo "job $i: $?"; done
sleep 0.2 &
wait -n; echo "waited $?"
cat <(echo one) <(echo two) | tee copy | wc -c
x=$(printf '%s\n' b a c | sort | paste -sd,)
echo "$x" >&2
sleep 30 & sleep 0.3; kill -TERM $!; wait $!; echo "killed $?"
yes | head -n 1000 | uniq -c
exit 7
END
    command=(bash script)
}

# The files of others change all the time: only the replay is compared.
case_find() {
    command=(bash -c 'find / -xdev 2>/dev/null | sort | uniq -c | wc')
    output=own limit=300
}

case_tar() {
    mkdir -p "$input/tree"
    cp -r /usr/include/linux "$input/tree"
    touch -d 2020-01-01 "$input"/tree
    command=(bash -c 'tar c --sort=name --mtime=@0 --owner=0 --group=0 tree | gzip -n | sha256sum')
}

case_gzip() {
    mkdir "$input"
    numbers 2000000 | head -c 60000000 >"$input/data"
    command=(gzip -9 -c -n data)
    limit=300
}

case_python() {
    mkdir "$input"
    cat >"$input/script.py" <<'END'
import hashlib, json, os, sqlite3, subprocess, sys, threading, time

print(hashlib.sha256(b"x" * 1000000).hexdigest(), hashlib.blake2b(b"y").hexdigest())
data = {str(i): [i, i / 3, None, "ä" * i] for i in range(300)}
assert json.loads(json.dumps(data)) == data
print(subprocess.run(["sort", "-r"], input=b"a\nb\nc\n", capture_output=True).stdout)
print(subprocess.check_output("echo $((6*7)); ls /etc | wc -l", shell=True, text=True))
with sqlite3.connect("base.db") as base:
    base.execute("create table t (a integer primary key, b text)")
    base.executemany("insert into t values (?, ?)", ((i, str(i * i)) for i in range(3000)))
print(base.execute("select count(*), max(b), sum(a) from t").fetchall())
total = []
def work(n):
    for _ in range(50):
        time.sleep(0.0005)
        total.append(n)
threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]
print(sorted(total) == sorted([0, 1, 2, 3] * 50))
print(len(os.urandom(16)), file=sys.stderr)
sys.exit(3)
END
    command=(/usr/bin/python3 script.py)
}

case_python_random() {
    command=(/usr/bin/python3 -c 'import os, random, time, tempfile, uuid; print(os.getpid(), random.random(), time.time(), tempfile.mkdtemp(dir="."), uuid.uuid4(), hash("x"), id(os))')
    output=own
}

case_perl() {
    command=(perl -e '
use strict; use POSIX; use Digest::MD5 qw(md5_hex); use Data::Dumper; $Data::Dumper::Sortkeys = 1;
my %h = map { $_ => $_ ** 2 } 1 .. 500; print md5_hex(Dumper(\%h)), "\n";
$SIG{ALRM} = sub { print "alarm\n" }; alarm 1; select undef, undef, undef, 3;
my $pid = fork; if (!$pid) { exit 5 } waitpid $pid, 0; print $? >> 8, "\n";
open my $p, "-|", "echo from a pipe; false" or die; print while <$p>; close $p; print $? >> 8, "\n";
print STDERR "to stderr\n"; my $t = join ",", sort { $a <=> $b } map { $_ * 7 % 1000 } 1 .. 5000; print length $t, "\n"; exit 2')
}

needs_make() { echo gcc make; }
case_make() {
    sources 20
    command=(make -s -j4)
    limit=300
}

needs_make_recursive() { echo gcc make; }
case_make_recursive() {
    sources 3
    mkdir "$input/sub"
    mv "$input"/* "$input/sub" 2>/dev/null
    printf 'all:\n\t$(MAKE) -C sub\n\t$(MAKE) -C sub again; echo $$?\n\t@false\n' >"$input/Makefile"
    printf 'again:\n\t@echo again; exit 3\n' >>"$input/sub/Makefile"
    command=(make -j2)
    limit=300
}

needs_git_clone() { echo git; }
case_git_clone() {
    mkdir "$input"
    repository "$input/origin"
    command=(bash -c 'git -c safe.directory="*" clone --no-local -q origin copy && git -C copy log --oneline | wc -l && git -C copy fsck')
}

needs_git_log() { echo git; }
case_git_log() {
    mkdir "$input"
    repository "$input/origin"
    command=(git -C origin log -p --stat)
}

needs_sqlite() { echo sqlite3; }
case_sqlite() {
    mkdir "$input"
    {
        echo 'create table t (a integer primary key, b text, c real); create index i on t (b);'
        numbers 20000 | awk '{ printf "insert into t values (%d, \"%s\", %s);\n", NR, $3, $2;
            if (NR == 1) print "begin;"; if (NR % 5000 == 0) print "commit; begin;" }'
        echo 'commit; select count(*), sum(c), max(b) from t; select * from t order by b limit 5; pragma integrity_check;'
    } >"$input/script.sql"
    command=(sqlite3 base.db ".read script.sql")
}

needs_openssl() { echo openssl; }
case_openssl() {
    mkdir "$input"
    numbers 20000 >"$input/data"
    command=(bash -c 'openssl dgst -sha256 data && openssl dgst -sha3-512 data && openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=example -keyout key -out certificate && openssl x509 -in certificate -noout -subject && openssl rsa -in key -check -noout')
    output=own
}

needs_curl() { echo curl python3; }
case_curl() {
    mkdir "$PROGRAMS_CASE/served"
    numbers 30000 >"$PROGRAMS_CASE/served/page"
    server_port=$(port 1)
    start() {
        /usr/bin/python3 -m http.server -b 127.0.0.1 -d "$PROGRAMS_CASE/served" "$server_port" >/dev/null 2>&1 &
        server=$!
        until curl -s -o /dev/null "http://127.0.0.1:$server_port/"; do sleep 0.1; done
    }
    stop() { kill "$server"; wait "$server" 2>/dev/null; }
    command=(curl -sS "http://127.0.0.1:$server_port/page" "http://localhost:$server_port/absent")
    output=own
    check() { grep -q '^29999 ' "$run/$1.out"; }
}

needs_redis() { echo redis-server redis-benchmark; }
case_redis() {
    server_port=$(port 2)
    command=(redis-server --port "$server_port" --bind 127.0.0.1 --io-threads 1 --save '' --appendonly no)
    output=own limit=200
    drive() {
        until redis-cli -p "$server_port" ping 2>/dev/null | grep -q PONG; do sleep 0.1; done
        redis-benchmark -p "$server_port" -n 2000 -c 20 -q -t set,get,incr,lpush,lrange_100
        redis-cli -p "$server_port" info clients
        redis-cli -p "$server_port" shutdown nosave
    }
    check() { [[ $1 == replay ]] || tr '\r' '\n' <"$run/$1.drive" | grep -q '^LRANGE_100.*requests per second'; }
}

needs_redis_saves() { echo redis-server redis-benchmark; }
case_redis_saves() {
    server_port=$(port 3)
    command=(redis-server --port "$server_port" --bind 127.0.0.1 --appendonly yes)
    output=own
    drive() {
        until redis-cli -p "$server_port" ping 2>/dev/null | grep -q PONG; do sleep 0.1; done
        redis-benchmark -p "$server_port" -n 300 -c 5 -q -t set
        redis-cli -p "$server_port" bgsave
        sleep 1
        redis-cli -p "$server_port" shutdown save
    }
}

needs_gdb_version() { echo gdb; }
case_gdb_version() { command=(gdb --version); }

needs_vim_es() { echo vim; }
case_vim_es() {
    mkdir "$input"
    numbers 500 >"$input/text"
    command=(vim -es -u NONE -c '%s/1/one/g' -c 'g/9/d' -c 'sort' -c '1,5p' -c 'wq! result' text)
}

needs_busybox() { echo busybox; }
case_busybox() {
    command=(busybox sh -c 'busybox seq 1 300 | busybox sort -r | busybox head -n 5; (busybox sleep 0.1; echo late) & wait; busybox ls /etc | busybox wc -l; busybox sha256sum /etc/passwd; exit 4')
}

needs_swift_tool() { echo swiftc; }
case_swift_tool() {
    mkdir "$input"
    cat >"$PROGRAMS_CASE/tool.swift" <<'END'
struct Point: Hashable, CustomStringConvertible {
    var x: Int, y: Int
    var description: String { "(\(x), \(y))" }
}
var counts: [Point: Int] = [:]
for i in 0..<5000 { counts[Point(x: i % 37, y: i % 11), default: 0] += i }
let sorted = counts.sorted { ($0.value, $0.key.x, $0.key.y) < ($1.value, $1.key.x, $1.key.y) }
print(sorted.prefix(3), Set(counts.keys).count)
print("order of this process: \(counts.keys.first!)")
print("arguments: \(CommandLine.arguments.dropFirst().joined(separator: " "))")
let group = await withTaskGroup(of: Int.self) { group in
    for i in 0..<20 { group.addTask { (0..<1000).reduce(i, &+) } }
    return await group.reduce(0, +)
}
print(group)
END
    mkdir "$PROGRAMS_CASE/main" && mv "$PROGRAMS_CASE/tool.swift" "$PROGRAMS_CASE/main/main.swift"
    swiftc -O -o "$input/tool" "$PROGRAMS_CASE/main/main.swift" || return 1
    command=(./tool one two)
    output=own
    check() { grep -q '^arguments: one two$' "$run/$1.out"; }
}

# A tracee cannot be traced twice: refused, with a word why.
case_itself() {
    command=("$PROGRAMS_RUN/xrr" record -o inner true)
    output=own status=125
    check() { [[ $1 == native ]] || grep -qi 'xrr.*record' "$run/$1.err"; }
}

# MARK: Programs with threads

needs_openssl_speed() { echo openssl; }
case_openssl_speed() {
    command=(openssl speed -seconds 1 sha256)
    output=own
    check() { grep -q '^sha256 ' "$run/$1.out"; }
}

needs_python_threads() { echo python3; }
case_python_threads() {
    mkdir "$input"
    cat >"$input/script.py" <<'END'
import collections, concurrent.futures as cf, hashlib, queue, sys, threading, time, zlib

sys.setswitchinterval(0.002)
# Pure Python in four threads: the interpreter hands itself over by condition variables with time-outs.
def primes(low, high):
    return [n for n in range(max(low, 2), high) if all(n % d for d in range(2, int(n ** 0.5) + 1))]
with cf.ThreadPoolExecutor(4) as pool:
    parts = list(pool.map(primes, range(0, 20000, 1000), range(1000, 21000, 1000)))
print(sum(len(p) for p in parts), sum(map(sum, parts)))
# Calls that let go of the interpreter: really at the same time.
data = [bytes(str(i) * 50000, "ascii") for i in range(8)]
with cf.ThreadPoolExecutor(4) as pool:
    print(list(pool.map(lambda d: hashlib.sha256(zlib.compress(d)).hexdigest()[:8], data)))
# A pipeline of queues.
first, second, results = queue.Queue(3), queue.Queue(3), []
def stage(source, target):
    while (item := source.get()) is not None: target.put(item * item + 1)
    target.put(None)
def end():
    while (item := second.get()) is not None: results.append(item)
threads = [threading.Thread(target=stage, args=(first, second)), threading.Thread(target=end)]
[t.start() for t in threads]
for i in range(300): first.put(i)
first.put(None); [t.join() for t in threads]
print(len(results), sum(results))
# Locks, conditions, barriers, timers, thread locals.
lock, condition, barrier, local = threading.RLock(), threading.Condition(), threading.Barrier(5), threading.local()
counts, turn, order = collections.Counter(), [0], []
def work(own):
    local.value = own
    for i in range(200):
        with lock:
            counts[own] += 1; counts["all"] += local.value
    barrier.wait()
    for i in range(10):
        with condition:
            condition.wait_for(lambda: turn[0] % 5 == own)
            turn[0] += 1
            condition.notify_all()
threads = [threading.Thread(target=work, args=(i,)) for i in range(5)]
[t.start() for t in threads]; [t.join() for t in threads]
print(sorted(counts.items(), key=str), turn)
fired = threading.Event()
threading.Timer(0.05, fired.set).start()
spins = 0
while not fired.is_set(): spins += 1
print(fired.wait(10), spins > 0)
print(spins, time.time(), threading.get_native_id(), file=sys.stderr)
END
    command=(/usr/bin/python3 script.py)
    output=own
    check() { grep -q '^300 8955350$' "$run/$1.out" && grep -q '^True True$' "$run/$1.out"; }
}

needs_python_processes() { echo python3; }
case_python_processes() {
    mkdir "$input"
    cat >"$input/script.py" <<'END'
import ctypes, multiprocessing as mp, os, signal, sys
from multiprocessing import shared_memory

def fold(n):
    value = n
    for i in range(20000): value = (value * 31 + i) % 1000000007
    return value
def count(value, turns):
    for _ in range(turns):
        with value.get_lock(): value.value += 1
def serve(connection):
    while (message := connection.recv()) is not None: connection.send(message[::-1])
def fill(name, own, barrier):
    memory = shared_memory.SharedMemory(name)
    for i in range(own, 4096, 3): memory.buf[i] = i * 7 % 256
    barrier.wait(); memory.close()
if __name__ == "__main__":
    for method in ("fork", "spawn", "forkserver"):
        context = mp.get_context(method)
        with context.Pool(3) as pool: print(method, sum(pool.map(fold, range(30))), pool.apply_async(fold, (7,)).get())
    value = mp.Value(ctypes.c_long, 0)
    processes = [mp.Process(target=count, args=(value, 300)) for _ in range(4)]
    [p.start() for p in processes]; [p.join() for p in processes]
    print(value.value, [p.exitcode for p in processes])
    ours, theirs = mp.Pipe()
    server = mp.Process(target=serve, args=(theirs,)); server.start()
    for i in range(50): ours.send(list(range(i)))
    print(sum(map(len, (ours.recv() for i in range(50))))); ours.send(None); server.join()
    memory, barrier = shared_memory.SharedMemory(create=True, size=4096), mp.Barrier(4)
    processes = [mp.Process(target=fill, args=(memory.name, i, barrier)) for i in range(3)]
    [p.start() for p in processes]; barrier.wait(); [p.join() for p in processes]
    print(all(memory.buf[i] == i * 7 % 256 for i in range(4096))); memory.close(); memory.unlink()
    with mp.Manager() as manager:
        shared = manager.dict()
        processes = [mp.Process(target=shared.__setitem__, args=(i, i * i)) for i in range(4)]
        [p.start() for p in processes]; [p.join() for p in processes]
        print(sorted(shared.items()))
    busy = mp.Process(target=lambda: [None for _ in iter(int, 1)]); busy.start()
    os.kill(busy.pid, signal.SIGTERM); busy.join(); print(busy.exitcode)
    print(os.getpid(), file=sys.stderr)
END
    command=(/usr/bin/python3 script.py)
    output=own
    check() { grep -q '^1200 \[0, 0, 0, 0\]$' "$run/$1.out" && grep -q '^-15$' "$run/$1.out"; }
}

needs_python_asyncio() { echo python3; }
case_python_asyncio() {
    mkdir "$input"
    cat >"$input/script.py" <<'END'
import asyncio, contextlib, os, signal, sys, time

def compute(n):
    value = n
    for i in range(100000): value = (value * 31 + i) % 1000003
    return value
async def main():
    loop = asyncio.get_running_loop()
    async def serve(reader, writer):
        while line := await reader.readline(): writer.write(line[::-1].strip() + b"\n"); await writer.drain()
        writer.close()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async def client(own):
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        total = 0
        for i in range(20):
            writer.write(b"%d\n" % (own * 100 + i)); total += len(await reader.readline())
        writer.close(); return total
    print(await asyncio.gather(*(client(i) for i in range(10)), *(asyncio.to_thread(compute, i) for i in range(4))))
    ticks = []
    async def tick():
        while True: await asyncio.sleep(0.005); ticks.append(time.monotonic())
    ticker = asyncio.create_task(tick())
    print(await loop.run_in_executor(None, compute, 5), compute(6))
    await asyncio.sleep(0.05); ticker.cancel()
    with contextlib.suppress(asyncio.CancelledError): await ticker
    print(len(ticks) > 0)
    with contextlib.suppress(asyncio.TimeoutError): await asyncio.wait_for(asyncio.sleep(10), 0.02)
    queue, taken = asyncio.Queue(2), []
    async def put():
        for i in range(50): await queue.put(i)
        await queue.put(None)
    async def take():
        while (item := await queue.get()) is not None: taken.append(item)
    await asyncio.gather(put(), take()); print(sum(taken))
    came = asyncio.Event(); loop.add_signal_handler(signal.SIGUSR1, came.set)
    os.kill(os.getpid(), signal.SIGUSR1); await came.wait(); print("signal")
    children = [await asyncio.create_subprocess_exec("sh", "-c", f"read x; echo $x; exit {i}", stdin=-1, stdout=-1) for i in range(4)]
    print(await asyncio.gather(*(c.communicate(b"line\n") for c in children)), [c.returncode for c in children])
    server.close(); print(len(ticks), ticks[-1], file=sys.stderr)
asyncio.run(main())
END
    command=(/usr/bin/python3 script.py)
    output=own
    check() { grep -q '^1225$' "$run/$1.out" && grep -q '\[0, 1, 2, 3\]$' "$run/$1.out"; }
}

needs_node_timers() { echo node; }
case_node_timers() {
    mkdir "$input"
    cat >"$input/a.js" <<'END'
const { Worker, isMainThread, workerData, parentPort } = require("worker_threads");
const { performance } = require("perf_hooks"), crypto = require("crypto");
if (isMainThread) {
    const shared = new SharedArrayBuffer(64), words = new Int32Array(shared), lines = [];
    let ended = 0, ticks = 0, immediates = 0;
    for (let i = 0; i < 4; i++) {
        const worker = new Worker(__filename, { workerData: { shared, i } });
        worker.on("message", (m) => lines.push(m));
        worker.on("exit", () => { if (++ended === 4) finish(); });
    }
    const interval = setInterval(() => { ticks++; for (let i = 0, x = 1; i < 2e5; i++) x = Math.imul(x, 31) + i; }, 3);
    const immediate = () => { if (++immediates < 500) setImmediate(immediate); };
    setImmediate(immediate);
    for (let i = 0; i < 20; i++) setTimeout(() => Atomics.add(words, 3, 1), 20 - i);
    crypto.pbkdf2("a", "b", 20000, 16, "sha256", (e, key) => lines.push("key " + key.toString("hex")));
    function finish() {
        if (Atomics.load(words, 3) < 20 || immediates < 500 || lines.length < 5 || ticks < 3) return setTimeout(finish, 5);
        clearInterval(interval);
        console.log(lines.sort().join("\n")); console.log(words[0], words[1], words[3]);
        console.error(ticks, performance.now());
        process.exitCode = 5;
    }
} else {
    const words = new Int32Array(workerData.shared), own = workerData.i;
    for (let i = 0; i < 2e5; i++) Atomics.add(words, 0, 1);
    for (let i = 0; i < 5; i++) {  // Turns, handed over by Atomics.wait.
        let turn;
        while ((turn = Atomics.load(words, 1)) % 4 !== own) Atomics.wait(words, 1, turn);
        Atomics.store(words, 1, turn + 1); Atomics.notify(words, 1);
    }
    let sum = 0;
    for (let i = 0; i < 3e6; i++) sum = (sum * 31 + i * own) % 1000003;
    parentPort.postMessage(`worker ${own}: ${sum}`);
}
END
    command=(node a.js)
    output=own
    check() { grep -q '^800000 20 20$' "$run/$1.out"; }
}

needs_java_threads() { echo java javac; }
case_java_threads() {
    mkdir "$input"
    cat >"$PROGRAMS_CASE/Main.java" <<'END'
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.stream.*;
public class Main {
    static int turn, guarded;
    static volatile boolean stop;
    static long fold(long n) { for (int i = 0; i < 300000; i++) n = n * 6364136223846793005L + i; return n; }
    public static void main(String[] arguments) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        List<Future<Long>> futures = new ArrayList<>();
        for (long i = 0; i < 40; i++) { long n = i; futures.add(pool.submit(() -> fold(n))); }
        long sum = 0;
        for (Future<Long> f : futures) sum = sum * 31 + f.get();
        System.out.println(sum);
        System.out.println(LongStream.range(0, 64).parallel().map(Main::fold).sum());
        System.out.println(CompletableFuture.supplyAsync(() -> fold(1)).thenCombine(CompletableFuture.supplyAsync(() -> fold(2)), Long::sum).get());
        Object lock = new Object();
        Thread[] threads = new Thread[4];
        for (int i = 0; i < 4; i++) {
            int own = i;
            threads[i] = new Thread(() -> {
                for (int k = 0; k < 50; k++) synchronized (lock) {
                    while (turn % 4 != own) try { lock.wait(); } catch (InterruptedException e) { return; }
                    turn++; lock.notifyAll();
                }
                for (int k = 0; k < 20000; k++) synchronized (Main.class) { guarded++; }
            });
            threads[i].start();
        }
        for (Thread t : threads) t.join();
        System.out.println(turn + " " + guarded);
        AtomicLong spins = new AtomicLong();
        Thread spinning = new Thread(() -> { while (!stop) spins.incrementAndGet(); });
        spinning.start(); Thread.sleep(30); stop = true; spinning.join();
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
        CountDownLatch latch = new CountDownLatch(5);
        timer.scheduleAtFixedRate(latch::countDown, 1, 3, TimeUnit.MILLISECONDS);
        latch.await(); timer.shutdownNow(); pool.shutdown();
        ConcurrentHashMap<Integer, Integer> map = new ConcurrentHashMap<>();
        IntStream.range(0, 100000).parallel().forEach(i -> map.merge(i % 97, 1, Integer::sum));
        for (int i = 0; i < 200; i++) { byte[] garbage = new byte[1 << 20]; garbage[i] = 1; }
        System.gc();
        System.out.println(new TreeMap<>(map).hashCode() + " " + (spins.get() > 0));
        System.err.println(spins.get() + " " + System.nanoTime());
        System.exit(3);
    }
}
END
    javac -d "$input" "$PROGRAMS_CASE/Main.java" || return 1
    command=(java Main)
    output=own limit=300
    check() { grep -q '^200 80000$' "$run/$1.out" && grep -q ' true$' "$run/$1.out"; }
}

needs_go_goroutines() { echo go; }
case_go_goroutines() {
    mkdir "$input"
    cat >"$PROGRAMS_CASE/main.go" <<'END'
package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

func fold(n uint64) uint64 {
	for i := uint64(0); i < 2000000; i++ {
		n = n*6364136223846793005 + i
	}
	return n
}

func main() {
	runtime.GOMAXPROCS(4)
	jobs, results := make(chan uint64), make(chan uint64, 8)
	var workers sync.WaitGroup
	for i := 0; i < 6; i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for n := range jobs {
				results <- fold(n)
			}
		}()
	}
	go func() {
		for n := uint64(0); n < 60; n++ {
			jobs <- n
		}
		close(jobs)
		workers.Wait()
		close(results)
	}()
	var sum uint64
	for r := range results {
		sum += r
	}
	fmt.Println(sum)
	// A sieve of goroutines.
	source := make(chan int)
	go func(target chan int) {
		for i := 2; ; i++ {
			target <- i
		}
	}(source)
	last := 0
	for i := 0; i < 60; i++ {
		last = <-source
		target := make(chan int)
		go func(source, target chan int, prime int) {
			for n := range source {
				if n%prime != 0 {
					target <- n
				}
			}
		}(source, target, last)
		source = target
	}
	fmt.Println(last)
	// Goroutines that never call anything are preempted by signals, for the ticker and the collector.
	var spins uint64
	var stop atomic.Bool
	for i := 0; i < 4; i++ {
		go func() {
			for !stop.Load() {
				spins++
			}
		}()
	}
	ticker, ticks := time.NewTicker(2*time.Millisecond), 0
	end, cancel := context.WithTimeout(context.Background(), 40*time.Millisecond)
	defer cancel()
	for running := true; running; {
		select {
		case <-ticker.C:
			ticks++
		case <-end.Done():
			running = false
		}
	}
	runtime.GC()
	stop.Store(true)
	var mutex sync.Mutex
	var all sync.WaitGroup
	counts := map[int]int{}
	for i := 0; i < 100; i++ {
		all.Add(1)
		go func(i int) {
			for k := 0; k < 100; k++ {
				mutex.Lock()
				counts[i%7]++
				mutex.Unlock()
				runtime.Gosched()
			}
			all.Done()
		}(i)
	}
	all.Wait()
	fmt.Println(counts, ticks > 0)
	fmt.Fprintln(os.Stderr, spins, ticks, time.Now())
	os.Exit(3)
}
END
    GOCACHE=$PROGRAMS_CASE/cache GOFLAGS=-mod=mod go build -o "$input/a" "$PROGRAMS_CASE/main.go" || return 1
    command=(./a)
    output=own
    check() { grep -q '^281$' "$run/$1.out" && grep -q '^map.* true$' "$run/$1.out"; }
}

needs_openmp() { echo gcc; }
case_openmp() {
    mkdir "$input"
    cat >"$PROGRAMS_CASE/a.c" <<'END'
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
enum { n = 200, count = 1 << 20 };
static double a[n][n], b[n][n], c[n][n];
static unsigned numbers[count];
static int compare(const void *x, const void *y) { return *(const unsigned *)x < *(const unsigned *)y ? -1 : *(const unsigned *)x > *(const unsigned *)y; }
static void sort(unsigned *low, long length) {
    if (length < 20000) { qsort(low, length, sizeof *low, compare); return; }
    unsigned pivot = low[length / 2];
    long i = 0, j = length - 1;
    while (i <= j) {
        while (low[i] < pivot) i++;
        while (low[j] > pivot) j--;
        if (i <= j) { unsigned t = low[i]; low[i++] = low[j]; low[j--] = t; }
    }
#pragma omp task
    sort(low, j + 1);
#pragma omp task
    sort(low + i, length - i);
#pragma omp taskwait
}
int main(void) {
    unsigned state = 1; long sum = 0, critical = 0; int threads = 0;
#pragma omp parallel for schedule(dynamic, 7) collapse(2)
    for (int i = 0; i < n; i++) for (int k = 0; k < n; k++) a[i][k] = b[k][i] = i * 3 % 17 + k;
    for (int round = 0; round < 5; round++) {
#pragma omp parallel for schedule(guided)
        for (int i = 0; i < n; i++) for (int k = 0; k < n; k++) { double s = 0; for (int j = 0; j < n; j++) s += a[i][j] * b[j][k]; c[i][k] = s; }
    }
#pragma omp parallel for reduction(+ : sum)
    for (int i = 0; i < n; i++) for (int k = 0; k < n; k++) sum += (long)c[i][k];
    for (int i = 0; i < count; i++) numbers[i] = state = state * 1664525 + 1013904223;
#pragma omp parallel
#pragma omp single
    { threads = omp_get_num_threads(); sort(numbers, count); }
    for (int i = 1; i < count; i++) if (numbers[i - 1] > numbers[i]) return 1;
#pragma omp parallel num_threads(6)
    for (int i = 0; i < 500; i++) {
#pragma omp critical
        critical++;
#pragma omp barrier
    }
    printf("%ld %u %ld %d\n", sum, numbers[count / 2], critical, threads);
    return 3;
}
END
    gcc -O2 -fopenmp -o "$input/a" "$PROGRAMS_CASE/a.c" || return 1
    environment=(OMP_NUM_THREADS=4)
    command=(./a)
}

needs_swift_concurrency() { echo swiftc; }
case_swift_concurrency() {
    mkdir "$input" "$PROGRAMS_CASE/main"
    cat >"$PROGRAMS_CASE/main/main.swift" <<'END'
actor Account {
    private(set) var balance = 0
    private var history: [Int] = []
    func deposit(_ amount: Int) { balance += amount; history.append(amount) }
    func digest() -> Int { history.reduce(0) { ($0 &* 31 &+ $1) % 1_000_003 } }
}
@Sendable func fold(_ seed: Int) -> Int { (0..<300_000).reduce(seed) { $0 &* 6_364_136_223_846_793_005 &+ $1 } }
let sums = await withTaskGroup(of: (Int, Int).self) { group in
    for i in 0..<40 { group.addTask { (i, fold(i)) } }
    return await group.reduce(into: [Int: Int]()) { $0[$1.0] = $1.1 }
}
print(sums.sorted { $0.key < $1.key }.reduce(0) { $0 &* 31 &+ $1.value })
let account = Account()
await withTaskGroup(of: Void.self) { group in
    for i in 1...20 {
        group.addTask { for k in 0..<50 { await account.deposit(i); if k % 10 == 0 { await Task.yield() } } }
    }
}
print(await account.balance)
let stream = AsyncStream<Int> { continuation in
    Task.detached {
        for i in 0..<200 { continuation.yield(i); if i % 50 == 0 { try? await Task.sleep(nanoseconds: 2_000_000) } }
        continuation.finish()
    }
}
var total = 0
for await number in stream { total += number }
print(total)
let endless = Task.detached { () -> Int in
    var turns = 0
    while !Task.isCancelled { turns += 1; if turns % 100_000 == 0 { await Task.yield() } }
    return turns
}
try await Task.sleep(nanoseconds: 20_000_000)
endless.cancel()
print("turns: \(await endless.value), order: \(await account.digest())")
END
    swiftc -O -o "$input/tool" "$PROGRAMS_CASE/main/main.swift" || return 1
    command=(./tool)
    output=own
    check() { grep -q '^10500$' "$run/$1.out" && grep -q '^19900$' "$run/$1.out" && grep -q '^turns: ' "$run/$1.out"; }
}

needs_redis_io_threads() { echo redis-server redis-benchmark; }
case_redis_io_threads() {
    server_port=$(port 7)
    command=(redis-server --port "$server_port" --bind 127.0.0.1 --io-threads 4 --io-threads-do-reads yes --save '' --appendonly no)
    output=own limit=200
    drive() {
        until redis-cli -p "$server_port" ping 2>/dev/null | grep -q PONG; do sleep 0.1; done
        redis-benchmark -p "$server_port" -n 3000 -c 50 -P 8 -q -t set,get,incr,lpush,sadd,zadd,mset
        redis-cli -p "$server_port" shutdown nosave
    }
    check() { [[ $1 == replay ]] || tr '\r' '\n' <"$run/$1.drive" | grep -q '^MSET.*requests per second'; }
}

needs_nginx_workers() { echo nginx ab; }
case_nginx_workers() {
    mkdir -p "$input/html"
    server_port=$(port 8)
    numbers 2000 >"$input/html/page"
    cat >"$input/conf" <<END
daemon off;
worker_processes 2;
pid pid;
error_log stderr;
events { worker_connections 100; }
http {
    access_log access;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    gzip on; gzip_types *; gzip_proxied any;
    server { listen 127.0.0.1:$server_port reuseport; root html; location /back { return 301 /page; } }
}
END
    command=(nginx -e stderr -p . -c conf)
    output=own limit=200
    drive() {
        until curl -s -o /dev/null "http://127.0.0.1:$server_port/page"; do sleep 0.1; done
        ab -q -n 400 -c 8 -k -H 'Accept-Encoding: gzip' "http://127.0.0.1:$server_port/page"
        ab -q -n 100 -c 4 "http://127.0.0.1:$server_port/page"
        curl -s -o /dev/null -w '%{http_code}\n' "http://127.0.0.1:$server_port/back" "http://127.0.0.1:$server_port/absent"
        kill -QUIT "$(<"$work/pid")"
    }
    check() { [[ $1 == replay ]] || (($(grep -c 'Failed requests: *0' "$run/$1.drive") == 2)); }
}

needs_postgres_pgbench() { needs_postgres; }
case_postgres_pgbench() {
    ((EUID == 0 && PROGRAMS_ROOT)) && return 1
    programs_directory=$(dirname "$(needs_postgres)")
    server_port=$(port 9)
    command=(bash -c "$programs_directory/initdb -D base -A trust -U me >/dev/null && exec $programs_directory/postgres -D base -p $server_port -k . -h 127.0.0.1 -c max_parallel_workers_per_gather=2 -c autovacuum_naptime=1")
    output=own limit=400
    drive() {
        local bench=("$programs_directory/pgbench" -h 127.0.0.1 -p "$server_port" -U me)
        until "$programs_directory/psql" -h 127.0.0.1 -p "$server_port" -U me postgres -c 'select 1' >/dev/null 2>&1; do sleep 0.3; done
        "${bench[@]}" -i -q -s 1 postgres
        "${bench[@]}" -c 4 -j 2 -t 50 postgres
        "${bench[@]}" -S -c 4 -j 2 -t 200 postgres
        kill -INT "$(head -n 1 "$work/base/postmaster.pid")"
    }
    check() { [[ $1 == replay ]] || (($(grep -c 'number of failed transactions: 0 ' "$run/$1.drive") == 2)); }
}

needs_stress_ng() { echo stress-ng; }
case_stress_ng() {
    command=(stress-ng --cpu 2 --timeout 3)
    output=own
    check() { cat "$run/$1".{out,err} | grep -q 'successful run completed'; }
}

# Control-C in a busy loop.
needs_busy_terminal() { echo python3; }
case_busy_terminal() {
    command=(python3 -q -i -c 'import sys; sys.ps1 = "ready> "; print("loo" + "ping", flush=True)
while True: pass')
    dialogue=$'expect looping\nwait 0.5\nsend \\x03\nexpect KeyboardInterrupt\nexpect ready>\nsend for i in iter(int, 1): pass\\n\\n\nwait 0.5\nsend \\x03\nexpect KeyboardInterrupt\nexpect ready>\nsend exit(3)\\n\n'
    output=own status=3
    check() { (($(cat "$run/$1".{out,err} | grep -ac KeyboardInterrupt) == 2)); }
}

# MARK: Others

needs_node() { echo node; }
case_node() {
    command=(node -e 'const c = require("crypto"), cp = require("child_process"), fs = require("fs");
console.log(c.createHash("sha256").update("x").digest("hex"), cp.execSync("echo hi").toString());
fs.readFile("/etc/passwd", (e, d) => { console.log(d.length);
let n = 0; const t = setInterval(() => { if (++n == 5) { clearInterval(t); console.log("done"); process.exitCode = 6 } }, 5);
Promise.all([1, 2, 3].map(i => new Promise(r => setTimeout(() => r(i), i)))).then(console.log) })')
}

needs_java() { echo java; }
case_java() { command=(java -version); }

needs_java_program() { echo java javac; }
case_java_program() {
    mkdir "$input"
    cat >"$PROGRAMS_CASE/Main.java" <<'END'
import java.util.*;
public class Main {
    public static void main(String[] a) throws Exception {
        Map<String, Integer> m = new TreeMap<>();
        for (int i = 0; i < 100000; i++) m.merge("k" + i % 97, i, Integer::sum);
        Thread[] t = new Thread[3];
        for (int i = 0; i < 3; i++) { t[i] = new Thread(() -> { try { Thread.sleep(5); } catch (Exception e) { } }); t[i].start(); }
        for (Thread x : t) x.join();
        System.gc();
        System.out.println(m.hashCode());
        System.exit(3);
    }
}
END
    javac -d "$input" "$PROGRAMS_CASE/Main.java" || return 1
    command=(java Main)
}

needs_ruby() { echo ruby; }
case_ruby() { command=(ruby -e 'puts (1..1000).map { |x| x * x }.sum; puts `echo shell`; t = Thread.new { sleep 0.01; 5 }; puts t.value; exit 3'); }

needs_tclsh() { echo tclsh; }
case_tclsh() {
    mkdir "$input"
    printf 'puts [exec echo hello]\nset s 0\nfor {set i 0} {$i < 10000} {incr i} {incr s $i}\nputs $s\nafter 20 {puts late; exit 4}\nvwait forever\n' >"$input/script"
    command=(tclsh script)
}

needs_man() { echo man; }
case_man() { command=(man -P cat -l /usr/share/man/man1/ls.1.gz); check() { [[ -s /usr/share/man/man1/ls.1.gz ]] || return 0; }; }

case_less() {
    mkdir "$input"
    numbers 500 >"$input/text"
    command=(less text)
    dialogue=$'expect 20 0.\nsend G\nexpect 499 0.\nsend /^77 \nwait 0.2\nsend \\n\nexpect 77 0.\nsend q\n'
    output=own
    check() { grep -q '^77 ' "$run/$1.out" || grep -aq '77 0\.' "$run/$1.out"; }
}
needs_less() { echo less; }

needs_script() { echo script; }
case_script() { command=(script -qec 'tty; stty size; echo on a terminal; exit 5' /dev/null); output=own; }

needs_top() { echo top; }
case_top() { command=(top -b -n1); output=own; }

needs_ps() { echo ps; }
case_ps() { command=(ps aux); output=own; }

needs_apt_cache() { echo apt-cache; }
case_apt_cache() { command=(apt-cache policy bash gcc nonesuch); }

needs_dpkg() { echo dpkg; }
case_dpkg() { command=(dpkg -l); }

needs_ssh_keygen() { echo ssh-keygen; }
case_ssh_keygen() { command=(ssh-keygen -q -t ed25519 -N '' -f key -C me); output=own; }

case_awk() {
    mkdir "$input"
    numbers 50000 >"$input/data"
    command=(awk '{ s += $2; c[substr($3, 1, 1)]++ } END { printf "%.6f\n", s; for (k in c) print k, c[k] | "sort" }' data)
}

case_sed() {
    mkdir "$input"
    numbers 5000 >"$input/data"
    command=(bash -c "sed -i.old 's/0/zero/g; 5d' data && cksum data data.old && ls")
}

needs_xz() { echo xz; }
case_xz() {
    mkdir "$input"
    numbers 60000 >"$input/data"
    command=(bash -c 'xz -T2 -k --block-size=500KiB data && xz -dc -T2 data.xz | cmp - data && xz --robot -l data.xz')
}

needs_zstd() { echo zstd; }
case_zstd() {
    mkdir "$input"
    numbers 60000 >"$input/data"
    command=(bash -c 'zstd -q -T2 data && zstd -q -dc data.zst | cmp - data && wc -c <data.zst')
}

needs_rsync() { echo rsync; }
case_rsync() {
    mkdir -p "$input/from/sub"
    numbers 5000 >"$input/from/a" && numbers 100 >"$input/from/sub/b"
    command=(bash -c 'rsync -a --itemize-changes from/ to/ && touch -d 2001-01-01 from/a && rsync -ac from/ to/ && diff -r from to && echo same')
}

needs_cmake() { echo cmake; }
case_cmake() { command=(cmake --version); }

needs_valgrind() { echo valgrind; }
case_valgrind() { command=(valgrind --version); }

needs_valgrind_runs() { echo valgrind; }
case_valgrind_runs() { command=(valgrind -q --tool=none /bin/true); }

# A tracee cannot trace: it has to say so and go.
needs_strace() { echo strace; }
case_strace() { command=(strace -o log true); output=own; status=1; check() { [[ $1 == native ]] || grep -q 'strace:' "$run/$1.err"; }; }

case_coproc() {
    mkdir "$input"
    cat >"$input/script" <<'END'
exec 2>/dev/null
set -m
coproc doubler { while read -r n; do echo $((n * 2)); done; }
for i in 1 2 3; do echo "$i" >&"${doubler[1]}"; read -r r <&"${doubler[0]}"; echo "$r"; done
eval "exec ${doubler[1]}>&-"
wait
sleep 30 & job=$!
kill -STOP %%; sleep 0.1; jobs -s | sed 's/.*Stopped/Stopped/; s/ *sleep.*//'; kill -CONT %%; kill %%; wait "$job"; echo "ended $?"
(sleep 0.05; echo first) & (sleep 0.15; echo second) & wait
shopt -s lastpipe; echo x | read -r y; echo "y=$y"
printf '%s\n' {1..5} | while read -r l; do echo "line $l"; done | tail -n 2
END
    command=(bash script)
}

# MARK: Terminals

needs_vi() { echo vim; }
case_vi() {
    mkdir "$input"
    printf 'one\ntwo\n' >"$input/text"
    command=(bash -c 'vim -u NONE -n text; cat text')
    dialogue=$'expect two\nwait 0.3\nsend othree\nwait 0.2\nsend \\x1b\nwait 0.2\nsend :%s/o/0/g\\r\nwait 0.2\nsend ggdd:wq\\r\n'
    output=own
    check() { grep -aq '^tw0' "$run/$1.out" && grep -aq 'three' "$run/$1.out"; }
}

case_interrupt_sleep() {
    command=(sleep 100)
    dialogue=$'wait 1\nsend \\x03\n'
    output=own status=130
}

case_interrupt_cat() {
    command=(cat)
    dialogue=$'wait 1\nsend hello\\n\nexpect hello\nexpect hello\nsend \\x03\n'
    output=own status=130
}

case_end_of_input() {
    command=(cat)
    dialogue=$'wait 1\nsend hello\\n\nexpect hello\nexpect hello\nsend \\x04\n'
    output=own status=0
    check() { grep -q hello "$run/$1.out"; }
}

case_interactive_bash() {
    command=(bash --norc --noprofile -i)
    environment=(PS1='ready> ')
    dialogue=$'expect ready>\nsend sleep 100\\n\nwait 1\nsend \\x1a\nexpect Stopped\nexpect ready>\nsend jobs\\n\nexpect sleep 100\nexpect ready>\nsend fg\\n\nexpect sleep 100\nwait 0.5\nsend \\x03\nexpect ready>\nsend echo status $?\\n\nexpect status 130\nexpect ready>\nsend cat | tr a-z A-Z\\n\nwait 0.5\nsend lower\\n\\x04\nexpect LOWER\nexpect ready>\nsend exit 9\\n\n'
    output=own status=9
    check() { grep -aq 'LOWER' "$run/$1.out" && grep -aq 'status 130' "$run/$1.out"; }
}

needs_tmux() { echo tmux; }
case_tmux() {
    environment=(SHELL=/bin/sh)
    command=(tmux -S ./socket -f /dev/null new-session "echo inside; read -r x; echo got \$x; sleep 0.3")
    dialogue=$'expect inside\nwait 0.5\nsend hello\\r\nexpect got hello\n'
    output=own
    check() { grep -aq 'got hello' "$run/$1.out"; }
}

# MARK: More of what people run

needs_gcc_many() { echo gcc g++; }
case_gcc_many() {
    mkdir "$input"
    cat >"$input/a.cc" <<'END'
#include <algorithm>
#include <iostream>
#include <map>
#include <thread>
#include <vector>
int main() {
    std::map<int, int> m; for (int i = 0; i < 1000; i++) m[i % 17] += i;
    std::vector<std::thread> t; long s[4] = {};
    for (int i = 0; i < 4; i++) t.emplace_back([i, &s] { for (int k = 0; k < 1000; k++) s[i] += k; });
    for (auto &x : t) x.join();
    std::cout << m[3] << ' ' << s[0] + s[3] << '\n';
    try { throw std::runtime_error("thrown"); } catch (std::exception &e) { std::cout << e.what() << '\n'; }
}
END
    command=(bash -c 'g++ -O2 -g -pipe -flto=2 -o a a.cc -lpthread && ./a && g++ -fsanitize=undefined -o b a.cc && ./b')
    limit=300
}

needs_clang() { echo clang; }
case_clang() {
    mkdir "$input"
    printf '#include <stdio.h>\nint main(void) { puts("made by clang"); return 3; }\n' >"$input/a.c"
    command=(bash -c 'clang -O1 -g a.c -o a && ./a')
}

needs_rustc() { echo rustc; }
case_rustc() {
    mkdir "$input"
    printf 'use std::thread; fn main() { let t: Vec<_> = (0..3).map(|i| thread::spawn(move || i * 2)).collect(); let s: i32 = t.into_iter().map(|t| t.join().unwrap()).sum(); println!("{}", s); std::process::exit(s) }\n' >"$input/a.rs"
    command=(bash -c 'rustc -O a.rs && ./a')
    limit=300
}

needs_swiftc() { echo swiftc; }
case_swiftc() {
    mkdir "$input"
    printf 'print((1...10).map { $0 * $0 }.reduce(0, +))\n' >"$input/main.swift"
    command=(bash -c 'swiftc main.swift -o main -module-cache-path cache && ./main')
    environment=(PATH="/opt/swift/usr/bin:/usr/local/bin:/usr/bin:/bin")
    limit=500
}

needs_javac() { echo javac; }
case_javac() {
    mkdir "$input"
    echo 'public class A { public static void main(String[] a) { System.out.println(java.util.stream.IntStream.range(0, 100000).parallel().filter(x -> x % 3 == 0).count()); } }' >"$input/A.java"
    command=(bash -c 'javac A.java && java -cp . A')
    limit=300
}

case_ed() {
    mkdir "$input"
    printf 'one\ntwo\n' >"$input/text"
    command=(bash -c "printf '%s\n' 1s/one/three/ a four . w q | ed text; cat text")
}
needs_ed() { echo ed; }

needs_bc() { echo bc; }
case_bc() { command=(bash -c 'echo "scale=300; 4*a(1); 2^500" | bc -l'); }

needs_jq() { echo jq; }
case_jq() { command=(bash -c "echo '{\"a\":[1,2,{\"b\":3}]}' | jq -c '.a[2].b, (.a|length), now > 0'"); }

needs_convert() { echo convert; }
case_convert() { command=(convert -size 200x200 plasma:fractal -seed 3 -resize 50% -blur 2x2 out.png); output=own; }

needs_archives() { echo zip unzip bzip2 lz4; }
case_archives() {
    mkdir "$input"
    numbers 20000 >"$input/data"
    command=(bash -c 'zip -q a.zip data && unzip -p a.zip | cmp - data && bzip2 -k data && bzip2 -dc data.bz2 | cmp - data && lz4 -q data data.lz4 && lz4 -dc data.lz4 | cmp - data && tar cjf a.tar data && tar tf a.tar')
}

case_files() {
    mkdir -p "$input/tree/sub"
    numbers 3000 >"$input/tree/a"
    command=(bash -c 'cp -a tree copy && mv copy/a copy/b && ln -s b copy/link && ln copy/b copy/hard && find copy -type f -exec cksum {} + | sort && dd if=tree/a of=d bs=1000 count=5 conv=sparse status=none && truncate -s 100k d && stat -c %s d && du -s --apparent-size d && mkfifo p && (cat p & echo through >p; wait) && install -m 640 d e && chmod 600 e && rm -rf copy && rmdir tree/sub && split -n 3 tree/a && cat x* | cmp - tree/a && shred -u e && df . >/dev/null && sync . && tac tree/a | tail -n 1 && comm -12 tree/a tree/a | wc -l')
}

case_xargs() {
    command=(bash -c 'seq 1 40 | xargs -P 4 -n 3 sh -c "echo \$((\$1 + \$2 + \$3))" - | sort -n; seq 1 200000 | sort --parallel=2 -S 1M -R | sort -n | tail -n 1; seq 5 | shuf --random-source=/etc/passwd; factor 1234567890')
}

case_timeout() { command=(bash -c 'timeout 0.3 sleep 10; echo $?; timeout -s INT 0.2 cat /dev/zero >/dev/null; echo $?; (sleep 0.1; echo in) & nohup true; wait; setsid -w sh -c "exit 5"; echo $?; flock lock sh -c "echo locked"; nice -n 5 nice; (time -p true) 2>/dev/null; taskset -c 0 nproc; nproc'); }

case_tee() { command=(bash -c 'exec 3< <(seq 1 5); cat <&3; seq 1 100000 | tee >(wc -l >&2) >(md5sum >&2) | tail -n 1; sleep 0.5'); output=own; }

# The names of the standard streams open them anew.
case_streams_by_name() {
    command=(bash -c 'echo a; echo b >/dev/stdout; echo c | tee /dev/stderr; echo d >/proc/self/fd/2; sh -c "echo e >/dev/stderr"; cat /etc/passwd; sed -n 1w/dev/stdout /etc/passwd; echo f')
    through_pipes=1
}

needs_dash() { echo dash; }
case_dash() { command=(dash -c 'trap "echo term; exit 4" TERM; (sleep 0.2; kill -TERM $$) & while :; do sleep 0.1; done'); }

case_pipe_closed() { command=(bash -c 'set -o pipefail; yes | head -n 2; echo ${PIPESTATUS[*]}; ulimit -c; ulimit -s 1024; ulimit -s; exec 2>/dev/null; sh -c "kill -SEGV \$\$"; echo $?'); }

case_python_many() {
    mkdir "$input"
    cat >"$input/script.py" <<'END'
import asyncio, concurrent.futures as cf, ctypes, mmap, multiprocessing as mp, os, queue, select, signal, socket, tempfile, threading, zlib

def square(x): return x * x
async def talk():
    async def serve(r, w):
        w.write((await r.readline()).upper()); await w.drain(); w.close()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async def client(i):
        r, w = await asyncio.open_connection(*server.sockets[0].getsockname())
        w.write(b"line %d\n" % i); d = await r.read(); w.close(); return d
    print(await asyncio.gather(*(client(i) for i in range(5))))
    p = await asyncio.create_subprocess_exec("sh", "-c", "echo sub; exit 4", stdout=asyncio.subprocess.PIPE)
    print((await p.communicate())[0], p.returncode)
    server.close()
if __name__ == "__main__":
    asyncio.run(talk())
    with mp.Pool(3) as pool: print(sum(pool.map(square, range(100))))
    with cf.ThreadPoolExecutor(4) as e: print(sum(e.map(square, range(100))))
    with cf.ProcessPoolExecutor(2) as e: print(sum(e.map(square, range(20))))
    v = mp.Value("i", 0)
    def add():
        for _ in range(100):
            with v.get_lock(): v.value += 1
    ps = [mp.Process(target=add) for _ in range(3)]
    [p.start() for p in ps]; [p.join() for p in ps]; print(v.value)
    m = mmap.mmap(-1, 8192)
    if os.fork() == 0:
        m[0:5] = b"child"; os._exit(0)
    os.wait(); print(m[0:5])
    with tempfile.NamedTemporaryFile() as f:
        f.write(zlib.compress(b"z" * 100000)); f.flush()
        with open(f.name, "r+b") as g:
            n = mmap.mmap(g.fileno(), 0); print(len(zlib.decompress(n[:]))); n[0:1] = n[0:1]; n.flush()
    q = queue.Queue()
    def work():
        for i in range(200): q.put(i)
    threading.Thread(target=work).start(); print(sum(q.get() for _ in range(200)))
    signal.signal(signal.SIGALRM, lambda *a: print("alarm")); signal.setitimer(signal.ITIMER_REAL, 0.05); signal.pause()
    a, b = socket.socketpair(); p = select.epoll(); p.register(b, select.EPOLLIN); a.send(b"x"); print(len(p.poll()))
    print(ctypes.CDLL(None).getpid() == os.getpid(), os.cpu_count() > 0, os.sched_getaffinity(0) != set())
END
    command=(/usr/bin/python3 script.py)
}

case_python_server() {
    server_port=$(port 4)
    command=(timeout -s INT 8 /usr/bin/python3 -m http.server -b 127.0.0.1 "$server_port")
    output=own
    drive() { until curl -s "http://127.0.0.1:$server_port/" -o /dev/null; do sleep 0.1; done; for i in 1 2 3 4 5; do curl -s "http://127.0.0.1:$server_port/" -o /dev/null -w '%{http_code}\n'; done; }
    check() { [[ $1 == replay ]] || (($(grep -c 200 "$run/$1.drive") == 5)); }
}
needs_python_server() { echo curl; }

needs_node_server() { echo node curl; }
case_node_server() {
    server_port=$(port 5)
    command=(node -e "const h = require('http'); let n = 0; h.createServer((q, r) => { r.end('x'.repeat(50000)); if (++n == 30) process.exit(8) }).listen($server_port, '127.0.0.1')")
    output=own
    drive() { until curl -s "http://127.0.0.1:$server_port/" -o /dev/null; do sleep 0.1; done; for i in {1..29}; do curl -s "http://127.0.0.1:$server_port/" | wc -c; done; }
    check() { [[ $1 == replay ]] || (($(grep -c 50000 "$run/$1.drive") >= 28)); }
}

needs_node_workers() { echo node; }
case_node_workers() {
    mkdir "$input"
    cat >"$input/a.js" <<'END'
const { Worker, isMainThread, parentPort } = require("worker_threads"), zlib = require("zlib");
if (isMainThread) {
    let n = 0;
    for (let i = 0; i < 3; i++) { const w = new Worker(__filename); w.on("message", m => { n += m; }); w.postMessage(i); }
    process.on("exit", () => console.log(n));
    zlib.gzip("x".repeat(1e6), (e, d) => console.log(zlib.gunzipSync(d).length));
} else parentPort.once("message", m => { let s = 0; for (let i = 0; i < 1e6; i++) s += i % 7; parentPort.postMessage(s + m); });
END
    command=(node a.js)
}

needs_postgres() { local found=(/usr/lib/postgresql/*/bin/initdb); echo "${found[0]:-initdb}"; }
case_postgres() {
    local programs
    ((EUID == 0 && PROGRAMS_ROOT)) && return 1
    programs=$(dirname "$(needs_postgres)")
    server_port=$(port 6)
    command=(bash -c "$programs/initdb -D base -A trust -U me >/dev/null && exec $programs/postgres -D base -p $server_port -k . -h 127.0.0.1")
    output=own limit=250
    drive() {
        until psql -h 127.0.0.1 -p "$server_port" -U me postgres -c 'select 1' >/dev/null 2>&1; do sleep 0.3; done
        psql -h 127.0.0.1 -p "$server_port" -U me postgres -c 'create table t as select i, md5(i::text) from generate_series(1, 5000) i; create index on t (md5); select count(*) from t a join t b using (md5)' -c vacuum
        kill -INT "$(head -n 1 "$work/base/postmaster.pid")"
    }
    check() { [[ $1 == replay ]] || grep -q '  5000' "$run/$1.drive"; }
}

needs_fakeroot() { echo fakeroot; }
case_fakeroot() { command=(fakeroot sh -c 'id -u; touch a; chown 5:6 a; stat -c %u:%g a'); }

needs_unshare() { echo unshare; }
case_unshare() { command=(unshare -r sh -c 'id -u; unshare -p -f sh -c "echo \$\$; exit 3"; echo $?'); }

needs_gpg() { echo gpg; }
case_gpg() {
    command=(bash -c 'gpg -q --batch --passphrase "" --quick-generate-key me default default never && echo text | gpg -q --batch -e -r me | gpg -q --batch -d; gpgconf --kill all')
    output=own
    check() { grep -q '^text$' "$run/$1.out"; }
}

needs_ssh_agent() { echo ssh-agent ssh-add; }
case_ssh_agent() { command=(bash -c 'ssh-keygen -q -t ed25519 -N "" -f k && ssh-agent sh -c "ssh-add -q k; ssh-add -l | cut -d\" \" -f3-"'); }

needs_watch() { echo watch; }
case_watch() {
    command=(watch -n 0.3 -t echo seen)
    dialogue=$'expect seen\nwait 0.8\nsend \\x03\n'
    output=own
    check() { grep -aq seen "$run/$1.out"; }
}

needs_top_terminal() { echo top; }
case_top_terminal() {
    command=(top -d 0.3)
    dialogue=$'expect PID\nwait 2\nsend q\n'
    output=own
    check() { grep -aq PID "$run/$1.out"; }
}

case_stty() {
    command=(bash -c 'stty -a | head -n 1; stty -echo raw; dd bs=1 count=3 status=none | od -c; stty sane; read -r -t 5 -p "name? " n; echo "hello $n"')
    dialogue=$'expect rows\nwait 0.5\nsend abc\nexpect name?\nsend me\\n\nexpect hello me\n'
    output=own
    check() { grep -aq 'hello me' "$run/$1.out"; }
}

case_python_terminal() {
    command=(python3 -q -i -c 'import sys; sys.ps1 = "ready> "')
    dialogue=$'expect ready>\nsend print(6*7)\\n\nexpect 42\nexpect ready>\nsend import time; time.sleep(50)\\n\nwait 0.5\nsend \\x03\nexpect KeyboardInterrupt\nexpect ready>\nsend exit(3)\\n\n'
    output=own status=3
    check() { cat "$run/$1".{out,err} | grep -aq KeyboardInterrupt; }
}

# gdb cannot trace a tracee: it has to say so.
needs_gdb_runs() { echo gdb; }
case_gdb_runs() { command=(gdb -nx -batch -ex 'file /bin/true' -ex 'info functions ^main$' -ex 'print 6*7'); }

needs_gdb_refused() { echo gdb; }
case_gdb_refused() { command=(gdb -nx -batch -ex run --args /bin/true); output=own; status=1; }

needs_perf() { echo perf; }
case_perf() { command=(perf stat true); output=own; status=255; }

needs_go() { echo go; }
case_go() {
    mkdir "$input"
    printf 'package main\nimport ("fmt"; "os"; "sync")\nfunc main() { var w sync.WaitGroup; var m sync.Mutex; s := 0; for i := 0; i < 50; i++ { w.Add(1); go func(i int) { m.Lock(); s += i; m.Unlock(); w.Done() }(i) }; w.Wait(); fmt.Println(s); os.Exit(3) }\n' >"$input/a.go"
    (cd "$input" && go build -o a a.go) || return 1
    command=(./a)
}

needs_lsof() { echo lsof; }
case_lsof() { command=(lsof -p 1); output=own; }

needs_ip() { echo ip ss; }
case_ip() { command=(bash -c 'ip addr; ip route; ss -tln; vmstat; free; uptime; hostname; uname -a; id; who; getent passwd root; getent hosts localhost; locale; lscpu | head -n 3; env; mount | wc -l; lsblk >/dev/null; last -n 1 >/dev/null; tty; logname; groups'); output=own; }

case_ldd() { command=(bash -c 'ldd /bin/ls | grep -c so.6; objdump -d /bin/true | md5sum; readelf -aW /bin/ls | wc -l; strings /bin/ls | wc -l; file /bin/ls; iconv -f utf8 -t latin1 </dev/null; xxd /bin/true | tail -n 1; od -c /bin/true | md5sum'); }

needs_git_work() { echo git; }
case_git_work() {
    mkdir "$input"
    repository "$input/origin"
    environment=(GIT_AUTHOR_DATE="2021-01-01T00:00:00Z" GIT_COMMITTER_DATE="2021-01-01T00:00:00Z")
    command=(bash -c 'cd origin && git checkout -q -b topic HEAD~5 && echo x >new && git add new && git commit -qm topic && git rebase -q main && git log --oneline | head -n 3 && git gc -q && git blame file1 | tail -n 1 && git grep -c 9 | head -n 3 && git stash list && git bisect start -q HEAD HEAD~10 >/dev/null && git bisect run sh -c "exit 0" | tail -n 1; git worktree add -q ../w main && git -C ../w status -sb')
}

# MARK: Programs that make or translate code

needs_sbcl() { echo sbcl; }
case_sbcl() {
    mkdir "$input"
    cat >"$input/script.lisp" <<'END'
(defun fibonacci (n) (if (< n 2) n (+ (fibonacci (- n 1)) (fibonacci (- n 2)))))
(format t "~d~%" (fibonacci 27))
(defparameter *words* (make-hash-table :test 'equal))
(dotimes (i 200000) (incf (gethash (format nil "w~d" (mod (* i 7919) 1009)) *words* 0)))
(format t "~d ~d~%" (hash-table-count *words*) (gethash "w17" *words*))
;; More than the collector lets pass: it stops the others by signals.
(dotimes (i 40) (make-array 1000000 :initial-element i))
(sb-ext:gc :full t)
(let* ((lock (sb-thread:make-mutex)) (sum 0)
       (threads (loop for n below 4 collect
                  (let ((n n))
                    (sb-thread:make-thread
                      (lambda ()
                        (let ((list nil))
                          (dotimes (i 500000) (push (* i n) list) (when (zerop (mod i 10000)) (setf list nil)))
                          (sb-thread:with-mutex (lock) (incf sum (+ n (length list) (fibonacci 20)))))))))))
  (mapc #'sb-thread:join-thread threads)
  (format t "~d~%" sum))
(print (handler-case (/ 1 (- 1 1)) (division-by-zero () :division)))
(print (handler-case (locally (declare (optimize (safety 3))) (svref (vector 1 2) (length *posix-argv*))) (error () :index)))
(print (funcall (compile nil '(lambda (x) (* x x))) 12))
(terpri)
(sb-ext:exit :code 3)
END
    command=(sbcl --script script.lisp)
    check() { grep -q '^1009 199$' "$run/$1.out"; }
}

needs_mono() { echo mono mcs; }
case_mono() {
    mkdir "$input"
    cat >"$input/program.cs" <<'END'
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

class Program {
    class Node { public Node left, right; public int value; }

    static Node Tree(int depth) {
        return depth == 0 ? null : new Node { left = Tree(depth - 1), right = Tree(depth - 1), value = depth };
    }
    static int Sum(Node node) { return node == null ? 0 : node.value + Sum(node.left) + Sum(node.right); }

    static int Main() {
        int total = 0;
        for (int i = 0; i < 60; i++) total += Sum(Tree(13));
        Console.WriteLine(total);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var counts = new Dictionary<string, int>();
        for (int i = 0; i < 100000; i++) {
            string key = "k" + i * 7919L % 1009;
            int count;
            counts.TryGetValue(key, out count);
            counts[key] = count + 1;
        }
        Console.WriteLine(counts.Count + " " + counts["k17"]);
        object gate = new object();
        long sum = 0;
        var threads = Enumerable.Range(0, 4).Select(n => new Thread(() => {
            var list = new List<string>();
            for (int i = 0; i < 50000; i++) { list.Add(i.ToString()); if (i % 1000 == 0) list.Clear(); }
            lock (gate) sum += n + list.Count;
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Console.WriteLine(sum);
        var tasks = Enumerable.Range(0, 20).Select(n => Task.Run(() => Enumerable.Range(0, 10000).Sum(x => (long)x * n)));
        Console.WriteLine(Task.WhenAll(tasks).Result.Sum());
        // Faults of the processor that the runtime turns into exceptions.
        try { Console.WriteLine(total / (counts.Count - 1009)); } catch (DivideByZeroException) { Console.WriteLine("zero"); }
        try { string text = null; Console.WriteLine(text.Length); } catch (NullReferenceException) { Console.WriteLine("null"); }
        return 3;
    }
}
END
    (cd "$input" && mcs program.cs) || return 1
    command=(mono program.exe)
    check() { grep -q '^9499050000$' "$run/$1.out"; }
}

needs_ffmpeg() { echo ffmpeg; }
case_ffmpeg() {
    # A library that it loads (libhwy) reads the time stamp counter 131,072 times.
    limit=300
    command=(bash -c 'ffmpeg -v error -nostdin -f lavfi -i testsrc=duration=2:size=320x240:rate=25 -f lavfi -i sine=duration=2 -c:v libx264 -c:a aac -fflags +bitexact clip.mp4 -c:v mpeg4 -c:a mp2 -fflags +bitexact clip.avi && sha256sum clip.mp4 clip.avi')
}

needs_chromium() { echo chromium; }
case_chromium() {
    mkdir "$input"
    cat >"$input/page.html" <<'END'
<!DOCTYPE html>
<html><head><title>A page</title></head><body><p id="p">before</p><script>
let s = 0;
for (let i = 0; i < 100000; i++) s = (s * 31 + i) % 1000003;
document.getElementById("p").textContent = "sum " + s;
const list = document.createElement("ul");
for (let i = 0; i < 5; i++) { const item = document.createElement("li"); item.textContent = i * i; list.append(item); }
document.body.append(list);
</script></body></html>
END
    command=(chromium --headless --no-sandbox --dump-dom "file://$work/page.html")
    # It says on standard error what it misses, and when.
    output=own limit=300
    check() { grep -q '<p id="p">sum 933429</p>.*$' "$run/$1.out" && grep -q '<li>16</li></ul>' "$run/$1.out"; }
}

# checked_program: a program with threads for valgrind.
checked_program() {
    mkdir "$input"
    cat >"$input/a.c" <<'END'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int unguarded;
static void *work(void *argument) {
    char *text = malloc(100);
    snprintf(text, 100, "thread %ld", (long)argument);
    long length = (long)strlen(text);
    free(text);
    unguarded++;
    return (void *)length;
}
int main(void) {
    pthread_t threads[4];
    long sum = 0;
    void *result;
    for (long i = 0; i < 4; i++) pthread_create(threads + i, NULL, work, (void *)i);
    for (int i = 0; i < 4; i++) { pthread_join(threads[i], &result); sum += (long)result; }
    printf("%ld %f\n", sum, strtod("1.5", NULL));
    char *lost = malloc(10);
    lost[10] = 1;
    lost = NULL;
    return 0;
}
END
    gcc -g -O0 -w -pthread -o "$input/a" "$input/a.c"
}

# Their lines begin with the process's number.
needs_valgrind_memcheck() { echo valgrind gcc; }
case_valgrind_memcheck() {
    checked_program || return 1
    command=(valgrind -q --error-exitcode=9 --leak-check=full ./a)
    output=own
    check() {
        grep -q '^32 1.500000$' "$run/$1.out" && grep -q 'Invalid write of size 1' "$run/$1.err" &&
            grep -q '10 bytes in 1 blocks are definitely lost' "$run/$1.err"
    }
}

needs_valgrind_helgrind() { echo valgrind gcc; }
case_valgrind_helgrind() {
    checked_program || return 1
    command=(valgrind -q --error-exitcode=9 --tool=helgrind ./a)
    output=own
    check() { grep -q '^32 1.500000$' "$run/$1.out" && grep -q 'Possible data race' "$run/$1.err"; }
}

needs_valgrind_none() { echo valgrind; }
case_valgrind_none() { command=(valgrind -q --tool=none ls -lR /usr/share/doc/base-files); }

needs_address_sanitizer() { echo gcc; }
case_address_sanitizer() {
    mkdir "$input"
    cat >"$input/a.c" <<'END'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static void *work(void *argument) {
    char *text = malloc(100);
    snprintf(text, 100, "thread %ld", (long)argument);
    return text;
}
int main(void) {
    pthread_t threads[3];
    for (long i = 0; i < 3; i++) pthread_create(threads + i, NULL, work, (void *)i);
    for (int i = 0; i < 3; i++) {
        void *text;
        pthread_join(threads[i], &text);
        puts(text);
        free(text);
    }
    return 4;
}
END
    gcc -g -fsanitize=address -pthread -o "$input/a" "$input/a.c" || return 1
    command=(./a)
    # LeakSanitizer, which traces its own process, runs at the end and cannot: it makes the status 1, without what is still
    # in the output's buffer, and says so, as does xrr.
    output=own status=1
    check() {
        if [[ $1 == native ]]; then
            grep -q '^thread 2$' "$run/$1.out"
        else
            grep -q '^xrr: .*ASAN_OPTIONS=detect_leaks=0' "$run/$1.err" && grep -q LeakSanitizer "$run/$1.err"
        fi
    }
}

needs_address_sanitizer_without_leaks() { echo gcc; }
case_address_sanitizer_without_leaks() {
    case_address_sanitizer || return 1
    environment=(ASAN_OPTIONS=detect_leaks=0)
    output=native status=4
    check() { :; }
}

needs_address_sanitizer_overflow() { echo gcc; }
case_address_sanitizer_overflow() {
    mkdir "$input"
    cat >"$input/a.c" <<'END'
#include <stdlib.h>
int main(int argc, char **argv) {
    char *text = malloc(10);
    text[10 + argc - 1] = argv[0][0];
    return 0;
}
END
    gcc -g -fsanitize=address -o "$input/a" "$input/a.c" || return 1
    command=(./a)
    output=own
    check() { grep -q 'AddressSanitizer: heap-buffer-overflow' "$run/$1.err"; }
}

needs_thread_sanitizer() { echo gcc; }
case_thread_sanitizer() {
    mkdir "$input"
    printf '#include <pthread.h>\nint x; void *f(void *p) { x++; return p; }\nint main(void) { pthread_t t; pthread_create(&t, 0, f, 0); pthread_join(t, 0); return x; }\n' >"$input/a.c"
    gcc -g -fsanitize=thread -o "$input/a" "$input/a.c" || return 1
    command=(./a)
}
