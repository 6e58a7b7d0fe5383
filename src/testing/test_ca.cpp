// SPDX-License-Identifier: MIT
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <fstream>

#include <monochord/core/error.hpp>
#include <monochord/testing/test_ca.hpp>

namespace monochord::testing {
namespace {

template <auto Free>
struct freed {
  template <class T>
  void operator()(T* what) const noexcept {
    Free(what);
  }
};
using key_ptr = std::unique_ptr<EVP_PKEY, freed<EVP_PKEY_free>>;
using x509_ptr = std::unique_ptr<X509, freed<X509_free>>;
using bio_ptr = std::unique_ptr<BIO, freed<BIO_free_all>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, freed<X509_EXTENSION_free>>;

constexpr long day = 24L * 60 * 60;

template <class T>
T check(T value, const char* step) {
  if (value) return value;
  ERR_clear_error();
  throw error(errc::tls_failed, std::string("OpenSSL could not make a certificate: ") + step);
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

std::string pem_of(X509* certificate) {
  const bio_ptr out(check(BIO_new(BIO_s_mem()), "memory"));
  check(PEM_write_bio_X509(out.get(), certificate), "PEM");
  return text_of(out.get());
}

std::string pem_of(EVP_PKEY* key) {
  const bio_ptr out(check(BIO_new(BIO_s_mem()), "memory"));
  check(PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr), "PEM");
  return text_of(out.get());
}

key_ptr make_key() { return key_ptr(check(EVP_EC_gen("P-256"), "key")); }

void set_serial(X509* certificate) {
  const std::unique_ptr<BIGNUM, freed<BN_free>> number(check(BN_new(), "serial"));
  check(BN_rand(number.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY), "serial");
  check(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)), "serial");
}

void set_name(X509_NAME* name, const std::string& common_name) {
  check(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(common_name.data()),
                                   static_cast<int>(common_name.size()), -1, 0),
        "name");
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const extension_ptr extension(check(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()), "extension"));
  check(X509_add_ext(certificate, extension.get(), -1), "extension");
}

x509_ptr make_unsigned(EVP_PKEY* key, long begins, long ends) {
  x509_ptr made(check(X509_new(), "certificate"));
  check(X509_set_version(made.get(), X509_VERSION_3), "version");
  set_serial(made.get());
  check(X509_gmtime_adj(X509_getm_notBefore(made.get()), begins), "time");
  check(X509_gmtime_adj(X509_getm_notAfter(made.get()), ends), "time");
  check(X509_set_pubkey(made.get(), key), "key");
  return made;
}

/// What X509V3 wants as subjectAltName; refuses what would be read as configuration syntax.
std::string alternative_names(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) {
    if (name.empty() || name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:*") !=
                            std::string::npos) {
      throw error(errc::invalid_argument, "a certificate's name must be a host name or an IP address");
    }
    error_code not_address;
    boost::asio::ip::make_address(name, not_address);
    text += (text.empty() ? "" : ",") + std::string(not_address ? "DNS:" : "IP:") + name;
  }
  if (text.empty()) throw error(errc::invalid_argument, "a certificate needs at least one name");
  return text;
}

}  // namespace

struct test_ca::impl {
  key_ptr key;
  x509_ptr certificate;
  std::string pem;

  testing::certificate issue(const std::vector<std::string>& names, long begins, long ends) const {
    const key_ptr leaf_key = make_key();
    const x509_ptr leaf = make_unsigned(leaf_key.get(), begins, ends);
    set_name(X509_get_subject_name(leaf.get()), names.empty() ? std::string() : names.front());
    check(X509_set_issuer_name(leaf.get(), X509_get_subject_name(certificate.get())), "issuer");
    add_extension(leaf.get(), certificate.get(), NID_subject_alt_name, alternative_names(names));
    add_extension(leaf.get(), certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(leaf.get(), certificate.get(), NID_key_usage, "critical,digitalSignature");
    add_extension(leaf.get(), certificate.get(), NID_ext_key_usage, "serverAuth");
    add_extension(leaf.get(), certificate.get(), NID_authority_key_identifier, "keyid:always");
    check(X509_sign(leaf.get(), key.get(), EVP_sha256()), "signature");
    testing::certificate made;
    made.chain_pem = pem_of(leaf.get()) + pem;
    made.key_pem = pem_of(leaf_key.get());
    return made;
  }
};

test_ca::test_ca(const std::string& name) : impl_(std::make_unique<impl>()) {
  impl_->key = make_key();
  impl_->certificate = make_unsigned(impl_->key.get(), -day, 365 * day);
  X509* const self = impl_->certificate.get();
  set_name(X509_get_subject_name(self), name);
  check(X509_set_issuer_name(self, X509_get_subject_name(self)), "issuer");
  add_extension(self, self, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(self, self, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(self, self, NID_subject_key_identifier, "hash");
  check(X509_sign(self, impl_->key.get(), EVP_sha256()), "signature");
  impl_->pem = pem_of(self);
}

test_ca::~test_ca() = default;

const std::string& test_ca::pem() const noexcept { return impl_->pem; }

void test_ca::write_pem(const std::string& path) const {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << impl_->pem;
  file.close();
  if (!file) throw error(errc::resource, "the certificate could not be written to " + path);
}

certificate test_ca::issue(const std::vector<std::string>& names) const { return impl_->issue(names, -day, 364 * day); }

certificate test_ca::issue_expired(const std::vector<std::string>& names) const {
  return impl_->issue(names, -30 * day, -day);
}

}  // namespace monochord::testing
