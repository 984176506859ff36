//! National numbers that may not be encoded.
//!
//! Japan: an encoded Individual Number is legally still one (My Number Act, art. 2(8); PPC Q&A 9-2).

/// Whether `value` is a 12-digit My Number with a valid check digit, in ASCII or full-width digits, with
/// blanks or hyphens between them (Ministerial Ordinance No. 85 of 2014, art. 5).
pub(crate) fn is_my_number(value: &str) -> bool {
    let mut digits = [0_u32; 12];
    let mut count = 0;
    for character in value.chars() {
        let digit = match character {
            '0'..='9' => character as u32 - '0' as u32,
            '０'..='９' => character as u32 - '０' as u32,
            ' ' | '\u{3000}' | '-' | '－' | '‐' | 'ー' | '.' => continue,
            _ => return false,
        };
        if count == 12 {
            return false;
        }
        digits[count] = digit;
        count += 1;
    }
    if count != 12 {
        return false;
    }
    // Weights from the digit left of the check digit: 2..=7, then 2..=6.
    let sum: u32 = (1..=11).map(|n| digits[11 - n] * if n <= 6 { n as u32 + 1 } else { n as u32 - 5 }).sum();
    let check = match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    };
    check == digits[11]
}

#[cfg(test)]
mod tests {
    use super::is_my_number;

    #[test]
    fn check_digits_decide() {
        for (value, expected) in [
            ("123456789018", true),
            ("1234-5678-9018", true),
            ("１２３４５６７８９０１８", true),
            ("123456789012", false),
            ("12345678901", false),
            ("1234567890188", false),
            ("12345678901a", false),
            ("", false),
        ] {
            assert_eq!(is_my_number(value), expected, "{value}");
        }
    }
}
