/**
 * Self-signed certificates for servers on loopback, valid for a hundred years. The keys are public: they
 * protect nothing. Made with
 *   openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500
 *     -subj "/CN=ringfeed test" -addext "subjectAltName=…"
 */
export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
}

/** For localhost and 127.0.0.1. */
export const LOCALHOST: TestCertificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5CIHwyBBChlMfo2n
796/Gxq3AAoTKpeombRBDJJsHomhRANCAARFvv1HW7R1yUZq1Y8oLaJYhCj8DVd0
iiSR/RG8fNCCLAr79X8Djsgg7o/HtwZE/4dnDtmNmhutEF7Y+L6RuHSn
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBozCCAUmgAwIBAgIUA7iaIYjr2ll69OTUhBz/kuUQ5OwwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNcmluZ2ZlZWQgdGVzdDAgFw0yNjExMjEwOTIxMjdaGA8yMTI2
MTAyODA5MjEyN1owGDEWMBQGA1UEAwwNcmluZ2ZlZWQgdGVzdDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABEW+/UdbtHXJRmrVjygtoliEKPwNV3SKJJH9Ebx80IIs
Cvv1fwOOyCDuj8e3BkT/h2cO2Y2aG60QXtj4vpG4dKejbzBtMB0GA1UdDgQWBBSR
ImT1GK2i6Kuiu6l/SVK68G1eITAfBgNVHSMEGDAWgBSRImT1GK2i6Kuiu6l/SVK6
8G1eITAPBgNVHRMBAf8EBTADAQH/MBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAA
ATAKBggqhkjOPQQDAgNIADBFAiBBzGtprwXyLNCscbB9pyE+xWBPYjo42MGcCFwV
2xnBKgIhAMCFrr6mg4eyJipgqKv/eQ7KCCTOrFVldBOSeJGZfSp5
-----END CERTIFICATE-----`,
};

/** For a host that none of the tests connects to. */
export const ELSEWHERE: TestCertificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgcFd6mbhhuc9myuFT
EL9BUN6SYO6o7jUUIyhemZSLOgKhRANCAARJQFNrX1ibSTUemFu6gMiVNiqmo/9J
O4I+DT2/ptWRLDQWi5L8xKNTtgA4psecYfqb+MTkoscWYE3nZjB3Bv8h
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBpDCCAUugAwIBAgIUQTlPCpJXsaryEhzLQDqSRM/YN0YwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNcmluZ2ZlZWQgdGVzdDAgFw0yNjExMjEwOTIxMjdaGA8yMTI2
MTAyODA5MjEyN1owGDEWMBQGA1UEAwwNcmluZ2ZlZWQgdGVzdDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABElAU2tfWJtJNR6YW7qAyJU2Kqaj/0k7gj4NPb+m1ZEs
NBaLkvzEo1O2ADimx5xh+pv4xOSixxZgTedmMHcG/yGjcTBvMB0GA1UdDgQWBBQE
KLP97ua/R66w0ZfKsjsjTgbEgzAfBgNVHSMEGDAWgBQEKLP97ua/R66w0ZfKsjsj
TgbEgzAPBgNVHRMBAf8EBTADAQH/MBwGA1UdEQQVMBOCEWVsc2V3aGVyZS5leGFt
cGxlMAoGCCqGSM49BAMCA0cAMEQCIH32ScvmJZ+LSgnOtCFkEoqF9mWn4G9R4S8O
qqPm7mW9AiB/dUFN7C9o+E8pfRBgtGAdcRQelyeTO1mNi1OULYPQeg==
-----END CERTIFICATE-----`,
};
