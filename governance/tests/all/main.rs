//! The pipeline as a whole, from outside: in which order, with what in the audit log, and what is
//! left when things go wrong.

#[cfg(test)]
mod abandoned;
#[cfg(test)]
mod audit_log;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod exits;
#[cfg(test)]
mod fail_closed;
#[cfg(test)]
mod once;
#[cfg(test)]
mod personal_data;
#[cfg(test)]
mod quota_laws;
#[cfg(test)]
mod real_engines;
#[cfg(test)]
mod spy;
#[cfg(test)]
mod tampering;
#[cfg(test)]
mod world;
