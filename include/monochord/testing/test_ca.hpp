// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace monochord::testing {

/// A certificate chain and its private key, both PEM.
struct certificate {
  std::string chain_pem;
  std::string key_pem;
};

/// A certificate authority made on the spot (EC P-256), for tests and the mock. Nobody trusts it unless told to.
class test_ca {
 public:
  /// Throws `error` with `errc::tls_failed` when OpenSSL cannot make it.
  explicit test_ca(const std::string& name = "Monochord test CA");
  ~test_ca();
  test_ca(const test_ca&) = delete;
  test_ca& operator=(const test_ca&) = delete;

  /// The authority's own certificate.
  const std::string& pem() const noexcept;
  /// Writes `pem()` to a file. Throws `error` with `errc::resource` naming it.
  void write_pem(const std::string& path) const;

  /// A certificate for host names and IP addresses, valid from yesterday for a year.
  certificate issue(const std::vector<std::string>& names) const;
  /// One that was valid until yesterday.
  certificate issue_expired(const std::vector<std::string>& names) const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace monochord::testing
