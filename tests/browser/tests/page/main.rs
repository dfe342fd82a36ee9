//! The playground as its readers meet it: what it shows, what its controls do, what its address keeps.

mod address;
mod controls;
mod figures;
mod keyboard;
mod lab_k;
mod layout;
mod loading;
mod moments;
mod playground;
mod sharing;
