import Glibc

/// Giving up what only opening the interfaces needed.
package enum Privileges {
  /// Goes on as `user` with that user's groups; there is no way back.
  ///
  /// - Throws: when there is no such user or the kernel refuses.
  package static func become(_ user: String) throws(LiveCaptureError) {
    // The entry lies in memory of the C library and is read at once.
    guard let entry = unsafe getpwnam(user)?.pointee else { throw .user(user, message: "there is no such user") }
    let (uid, gid) = unsafe (entry.pw_uid, entry.pw_gid)
    // The name is terminated and only read.
    guard unsafe initgroups(user, gid) == 0, setgid(gid) == 0, setuid(uid) == 0 else {
      throw .user(user, message: "only root can become another user")
    }
    // Whoever could still go back has given up nothing.
    guard uid == 0 || setuid(0) != 0 else { throw .user(user, message: "the kernel would let it become root again") }
  }
}
