internal import CInterceptor

/// A vDSO (vdso(7)) whose functions make system calls, as CInterceptor was assembled: a shared object of at most one page
/// that can stand at any address.
package enum SystemCallVDSO {
    package static let bytes: [UInt8] = unsafe [UInt8](
        UnsafeRawBufferPointer(start: cvdso_bytes(), count: cvdso_length()))
}
