//! Under which names the server is reached.

use crate::bytes::index;
use crate::field_value::FieldValue;
use crate::host_entry::{MAX_HOST_FIELD_LEN, SplitHost};
use crate::image::{PolicyRef, head};
use crate::record::RecordKind;
use crate::refusal::Refusal;
use crate::table::Table;
use crate::verdict::{Asked, Pass, Verdict};

impl<'p> PolicyRef<'p> {
    /// Whether a request names a host of `allow_hosts`: against DNS rebinding.
    ///
    /// A page of an attacker's whose name is pointed at this server's address is of the same origin to the browser, so that neither
    /// CORS nor `Sec-Fetch-Site` stops it; but the request still has the attacker's name in `Host`. Names are compared without case;
    /// a port is part of a name. An empty list takes none.
    ///
    /// # Specification
    ///
    /// [RFC 9110, section 7.2](https://www.rfc-editor.org/rfc/rfc9110#section-7.2) and
    /// [section 15.5.20](https://www.rfc-editor.org/rfc/rfc9110#section-15.5.20);
    /// [RFC 9112, section 3.2](https://www.rfc-editor.org/rfc/rfc9112#section-3.2).
    ///
    /// # Complexity
    ///
    /// Linear in the length of the value up to the cap, whatever the number of entries.
    ///
    /// # Examples
    ///
    /// ```
    /// use corsac::{GuardRequest, Refusal, policy};
    ///
    /// let policy = policy! { allow_hosts: &["printer.local", "192.168.1.7:8080", "localhost:*"] };
    /// assert!(policy.check_host("printer.local").passes());
    /// assert!(policy.check_host("localhost:3000").passes());
    /// assert_eq!(policy.check_host("rebound.evil.example").refusal(), Some(Refusal::HostNotAllowed));
    ///
    /// let request = GuardRequest::from_fields("GET", [("Host", "printer.local"), ("Host", "evil.example")]);
    /// assert_eq!(policy.check_host(request.host()).refusal(), Some(Refusal::HostRepeated));
    /// ```
    pub fn check_host<'r>(&self, host: impl Into<FieldValue<'r>>) -> Verdict<'p, 'r> {
        self.check_host_with(host, &[])
    }

    /// [`check_host`](Self::check_host), where names that the device got at run time count as well: an address from DHCP, a name
    /// that multicast DNS gave out. They are spelled as entries are, but in any case; text that is no host takes nothing.
    ///
    /// # Complexity
    ///
    /// And linear in the text of `own_names`, where no entry takes the host.
    ///
    /// # Examples
    ///
    /// ```
    /// use corsac::policy;
    ///
    /// let policy = policy! { allow_hosts: &["printer.local"] };
    /// assert!(policy.check_host_with("printer-2.local", &["printer-2.local", "192.168.1.23"]).passes());
    /// assert!(!policy.check_host_with("printer-3.local", &["printer-2.local"]).passes());
    /// ```
    pub fn check_host_with<'r>(&self, host: impl Into<FieldValue<'r>>, own_names: &'r [&'r str]) -> Verdict<'p, 'r> {
        let host = host.into();
        Verdict { policy: *self, asked: Asked::Host(host, own_names), outcome: self.judge_host(host, own_names) }
    }

    #[inline]
    pub(crate) fn judge_host(&self, host: FieldValue<'_>, own_names: &[&str]) -> Result<Pass, Refusal> {
        let host = match host {
            FieldValue::Once(host) if host.len() > MAX_HOST_FIELD_LEN => return Err(Refusal::HostTooLong),
            FieldValue::Once(host) => host,
            FieldValue::Absent => return Err(Refusal::HostMissing),
            FieldValue::Repeated => return Err(Refusal::HostRepeated),
            FieldValue::Truncated => return Err(Refusal::HostTruncated),
        };
        let table = self.table(head::HOSTS);
        if table.begins_with(RecordKind::NAME, host) {
            return Ok(Pass::ListedHost(0));
        }
        self.judge_other_host(&table, host, own_names)
    }

    /// Judges a host that is not the first entry as it stands.
    #[inline(never)]
    fn judge_other_host(&self, table: &Table<'p>, host: &[u8], own_names: &[&str]) -> Result<Pass, Refusal> {
        if let Some(entry) = self.find(table, RecordKind::NAME, host) {
            return Ok(Pass::ListedHost(index(entry)));
        }
        let split = SplitHost::new(host);
        if !split.is_well_formed() {
            return Err(Refusal::HostMalformed);
        }
        if split.has_plain_port()
            && let Some(entry) = self.find(table, RecordKind::NAME.with_any_port(true), split.name)
        {
            return Ok(Pass::ListedHost(index(entry)));
        }
        let own_name = own_names.iter().position(|name| split.is_taken_by(name.as_bytes()));
        own_name.map(Pass::OwnName).ok_or(Refusal::HostNotAllowed)
    }
}
