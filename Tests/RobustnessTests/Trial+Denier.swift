import TestSupport

extension Trial {
    /// A command that makes the system call of the given number fail with EPERM, as the seccomp profile of a container
    /// does, and executes another command: `denier NUMBER COMMAND...`.
    func denier() async throws -> String {
        let source = try sandbox.write(Self.denierSource, to: "deny.c")
        let denier = "\(home)/deny"
        let outcome = try await run(["cc", "-o", denier, source])
        guard outcome.ending == .exited(0) else { throw Command.Failure(description: "\(outcome)") }
        return denier
    }

    private static let denierSource = """
        #include <linux/filter.h>
        #include <linux/seccomp.h>
        #include <stddef.h>
        #include <stdlib.h>
        #include <sys/prctl.h>
        #include <unistd.h>
        int main(int argc, char **argv) {
            struct sock_filter code[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, atoi(argv[1]), 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
            };
            struct sock_fprog program = {4, code};
            if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, 2, &program)) return 1;
            execv(argv[2], argv + 2);
            return 1;
        }
        """
}
