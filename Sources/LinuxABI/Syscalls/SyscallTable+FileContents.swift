/// Reading and writing open files: read(2), pread(2), readv(2), sendfile(2), splice(2), fallocate(2) and their kin.
extension SyscallTable {
    static let fileContents: [SyscallDescription] = [
        .row(.read, .blocks, .out(1, .result(2))),
        .row(.write, .blocks, .writes(0, from: 1, .result(2))),
        .row(.pread64, .blocks, .out(1, .result(2))),
        .row(.pwrite64, .blocks, .writes(0, from: 1, .result(2))),
        .row(.readv, .blocks, .out(1, .vector(2))),
        .row(.writev, .blocks, .writes(0, from: 1, .vector(2))),
        .row(.preadv, .blocks, .out(1, .vector(2))),
        .row(.pwritev, .blocks, .writes(0, from: 1, .vector(2))),
        .row(.preadv2, .blocks, .out(1, .vector(2))),
        .row(.pwritev2, .blocks, .writes(0, from: 1, .vector(2))),
        .row(.sendfile, .blocks, .inOut(2, 8), .copies(from: 1, at: 2, to: 0, length: 3)),
        .row(
            .copy_file_range, .blocks, .inOut(1, 8), .inOut(3, 8), .copies(from: 0, at: 1, to: 2, length: 4)),
        .row(.splice, .blocks, .inOut(1, 8), .inOut(3, 8), .copies(from: 0, at: 1, to: 2, length: 4)),
        .row(.tee, .blocks, .copies(from: 0, to: 1, length: 2)),
        // Fills a pipe from memory or memory from a pipe, as the descriptor has it.
        .row(.vmsplice, .blocks, .direction(0), .out(1, .vector(2)), .writes(0, from: 1, .vector(2))),
        .row(.lseek, .waitsForDisk),
        .row(.ftruncate, .waitsForDisk, .writes(0)),
        .row(.truncate, .blocks, .writes(path: 0)),
        .row(.fallocate, .waitsForDisk, .writes(0)),
        .row(.fsync, .waitsForDisk),
        .row(.fdatasync, .waitsForDisk),
        .row(.sync, .waitsForDisk),
        .row(.syncfs, .waitsForDisk),
        .row(.sync_file_range, .waitsForDisk),
        .row(.readahead, .waitsForDisk),
        .row(.fadvise64, .waitsForDisk),
        .row(.cachestat, .out(2, 40)),
        .row(.getdents, .waitsForDisk, .out(1, .result32(2))),
        .row(.getdents64, .waitsForDisk, .out(1, .result32(2))),
    ]
}
