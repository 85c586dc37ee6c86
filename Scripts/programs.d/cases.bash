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

needs_valgrind_memcheck() { echo valgrind gcc; }
case_valgrind_memcheck() {
    mkdir "$input"
    printf '#include <stdlib.h>\nint main(void) { char *p = malloc(10); return p[11] ? 1 : 0; }\n' >"$input/a.c"
    gcc -g -o "$input/a" "$input/a.c"
    command=(valgrind -q --error-exitcode=9 ./a)
    output=own
}

needs_address_sanitizer() { echo gcc; }
case_address_sanitizer() {
    mkdir "$input"
    printf '#include <stdlib.h>\nint main(void) { char *p = malloc(10); free(p); return p[1]; }\n' >"$input/a.c"
    gcc -g -fsanitize=address -o "$input/a" "$input/a.c" || return 1
    command=(./a)
    output=own
}

needs_thread_sanitizer() { echo gcc; }
case_thread_sanitizer() {
    mkdir "$input"
    printf '#include <pthread.h>\nint x; void *f(void *p) { x++; return p; }\nint main(void) { pthread_t t; pthread_create(&t, 0, f, 0); pthread_join(t, 0); return x; }\n' >"$input/a.c"
    gcc -g -fsanitize=thread -o "$input/a" "$input/a.c" || return 1
    command=(./a)
}

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
