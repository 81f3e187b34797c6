//! A glance at bytes, for `keyward scan`: the next place where bytes that follow each other are of a shape that is
//! looked for. Sixteen places at a time are ruled out by half bytes; what is left is compared byte by byte. No rules here:
//! `pkg/cli/shapes.mjs` says which shapes there are, and how the tables are made of them.

#![cfg(target_arch = "wasm32")]

use core::arch::wasm32::{
    i8x16_bitmask, i8x16_eq, i8x16_splat, i8x16_swizzle, u8x16_splat, u16x8_shr, v128, v128_and, v128_load,
    v128_or, v128_store,
};

/// Bytes of a place that are looked at sixteen places at a time, from the place itself on: those of the first kind of
/// shapes, and those of the second.
const QUICK: (usize, usize) = (2, 4);
/// Bytes that are looked at closely, and how many of these are before the place.
const CLOSE: usize = 8;
const BEFORE: usize = 2;

/// For each byte, by its lower and upper half: the groups of the shapes that it fits, one bit for each.
type Halves = [[u8; 16]; 2];

/// Two kinds, each of up to 64 shapes, in eight groups.
#[derive(Debug)]
#[repr(C)]
pub struct Shapes {
    first: [Halves; QUICK.0],
    second: [Halves; QUICK.1],
    /// For each kind and byte: the shapes that it fits, one bit for each.
    fits: [[[u64; 256]; CLOSE]; 2],
}

/// The groups of sixteen bytes.
#[expect(clippy::inline_always, reason = "it is the body of the one loop over all bytes")]
#[inline(always)]
fn groups(bytes: v128, [lower, upper]: &Halves) -> v128 {
    // SAFETY: the tables have sixteen bytes.
    let (lower, upper) = unsafe { (v128_load(lower.as_ptr().cast()), v128_load(upper.as_ptr().cast())) };
    v128_and(
        i8x16_swizzle(lower, v128_and(bytes, u8x16_splat(15))),
        i8x16_swizzle(upper, v128_and(u16x8_shr(bytes, 4), u8x16_splat(15))),
    )
}

impl Shapes {
    /// Which of sixteen places may have a shape, as bytes that are not 0.
    ///
    /// # Safety
    /// The bytes of all sixteen places can be read.
    #[expect(clippy::inline_always, reason = "it is the body of the one loop over all bytes")]
    #[inline(always)]
    unsafe fn quick(&self, place: *const u8) -> v128 {
        // SAFETY: as the caller says.
        let bytes = |index: usize| unsafe { v128_load(place.add(index).cast()) };
        let all = |kind: &[Halves]| {
            let each = kind.iter().enumerate().map(|(index, halves)| groups(bytes(index), halves));
            each.fold(u8x16_splat(0xff), |all, own| v128_and(all, own))
        };
        v128_or(all(&self.first), all(&self.second))
    }

    /// Whether a place has a shape.
    ///
    /// # Safety
    /// The bytes of the place, and those before it, can be read.
    unsafe fn close(&self, place: *const u8) -> bool {
        self.fits.iter().any(|kind| {
            let mut shapes = u64::MAX;
            for (index, fits) in kind.iter().enumerate() {
                // SAFETY: as the caller says.
                let byte = unsafe { *place.sub(BEFORE).add(index) };
                shapes &= fits.get(usize::from(byte)).copied().unwrap_or(0);
            }
            shapes != 0
        })
    }

    /// The first place from `from` on that has a shape or, if `ZERO`, a zero byte; or `to`.
    ///
    /// # Safety
    /// All bytes from 2 before `from` to 32 behind `to` can be read.
    #[expect(clippy::inline_always, reason = "it is the body of the one loop over all bytes")]
    #[inline(always)]
    unsafe fn search<const ZERO: bool>(&self, from: *const u8, to: *const u8) -> *const u8 {
        let mut at = from;
        while at < to {
            // SAFETY: as the caller says; the sixteen places begin before `to`.
            let (may, bytes) = unsafe { (self.quick(at), v128_load(at.cast())) };
            let mut places = !i8x16_bitmask(i8x16_eq(may, i8x16_splat(0)));
            if ZERO {
                places |= i8x16_bitmask(i8x16_eq(bytes, i8x16_splat(0)));
            }
            while places != 0 {
                let place = at.wrapping_add(places.trailing_zeros() as usize);
                if place >= to {
                    return to;
                }
                // SAFETY: the place is between `from` and `to`.
                if unsafe { (ZERO && *place == 0) || self.close(place) } {
                    return place;
                }
                places &= places - 1;
            }
            at = at.wrapping_add(16);
        }
        to
    }
}

/// The first place from `from` on that has a shape of either kind, or `to`.
///
/// # Safety
/// All bytes from 2 before `from` to 32 behind `to` can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn next(shapes: &Shapes, from: *const u8, to: *const u8) -> *const u8 {
    // SAFETY: as the caller says.
    unsafe { shapes.search::<false>(from, to) }
}

/// The first place from `from` on that has a shape of either kind or is a zero byte, or `to`.
///
/// # Safety
/// All bytes from 2 before `from` to 32 behind `to` can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn first(shapes: &Shapes, from: *const u8, to: *const u8) -> *const u8 {
    // SAFETY: as the caller says.
    unsafe { shapes.search::<true>(from, to) }
}

/// How many lines end between two places.
///
/// # Safety
/// All bytes from `from` to 16 behind `to` can be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lines(from: *const u8, to: *const u8) -> u32 {
    let mut ends = 0;
    let mut at = from;
    while at < to {
        // SAFETY: as the caller says; the sixteen bytes begin before `to`.
        let bytes = unsafe { v128_load(at.cast()) };
        let places = i8x16_bitmask(i8x16_eq(bytes, u8x16_splat(b'\n')));
        let left = to as usize - at as usize;
        let own = if left < 16 { places & ((1 << left) - 1) } else { places };
        ends += own.count_ones();
        at = at.wrapping_add(16);
    }
    ends
}

/// Copies bytes without the zero bytes that stand between others, up to three of them at once, as UTF-16 and UTF-32 have
/// them. More of them part what stands around them, and four do so as well as all. Returns where the copy ends.
///
/// # Safety
/// All bytes from `from` to 16 behind `to` can be read, and as many from `copy` on can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn squeeze(from: *const u8, to: *const u8, copy: *mut u8) -> *mut u8 {
    let mut at = from;
    let mut end = copy;
    let mut zeros = 0;
    while at < to {
        // SAFETY: as the caller says: what is read begins before `to`, and no more is written than was read.
        unsafe {
            let bytes = v128_load(at.cast());
            let has_zero = i8x16_bitmask(i8x16_eq(bytes, i8x16_splat(0))) != 0;
            if zeros == 0 && !has_zero && to as usize - at as usize >= 16 {
                v128_store(end.cast(), bytes);
                (at, end) = (at.wrapping_add(16), end.wrapping_add(16));
                continue;
            }
            let byte = *at;
            at = at.wrapping_add(1);
            zeros = if byte == 0 { zeros + 1 } else { 0 };
            if byte != 0 {
                *end = byte;
                end = end.wrapping_add(1);
            } else if zeros == 4 {
                end.cast::<[u8; 4]>().write_unaligned([0; 4]);
                end = end.wrapping_add(4);
            }
        }
    }
    end
}
