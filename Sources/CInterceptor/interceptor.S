// The first page of the interceptor. The layout is a contract with InterceptorLayout.swift:
//   0  syscall    the only system call that the recording filter lets through; what follows it is never executed,
//                 since the tracer stops the thread at the call's exit
//   16 magic      by which xrr knows that it is itself being recorded
    .section xrr_interceptor, "ax", @progbits
    .balign 4096
    .globl cinterceptor_begin, cinterceptor_end
cinterceptor_begin:
    syscall
    .balign 16, 0xcc
    .ascii "xrr-interceptor1"
cinterceptor_end:
    .section .note.GNU-stack, "", @progbits
