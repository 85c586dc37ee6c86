internal import CInterceptor

/// The code that xrr places into every tracee, as CInterceptor was assembled.
package enum InterceptorCode {
    package static let bytes: [UInt8] = unsafe [UInt8](
        UnsafeRawBufferPointer(start: cinterceptor_bytes(), count: cinterceptor_length()))
}
