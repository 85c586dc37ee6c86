# Programs to record and replay: a function case_NAME for each, which sets
#   command          the program and its arguments; it runs in a fresh copy of $input, which the function may fill
#   output           what must be the same: native (the default): also without xrr; own: only at record and replay
#   status           the exit status to expect under record, if it is not that of the native run
#   limit            seconds for one run (150)
#   environment      more variables, as NAME=VALUE
#   standard_input   a file
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
    check() { grep -aq '^tw0' "$run/$1.out" && grep -aq '^three' "$run/$1.out"; }
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
    command=(tmux -S ./socket -f /dev/null new-session "echo inside; read -r x; echo got \$x; sleep 0.3")
    dialogue=$'expect inside\nwait 0.5\nsend hello\\r\nexpect got hello\n'
    output=own
    check() { grep -aq 'got hello' "$run/$1.out"; }
}
