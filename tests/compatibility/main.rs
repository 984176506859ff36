//! Results of released peers, reproduced.

mod anonlink;
