//! Kinds of values.

/// A kind of value that a pack can normalize.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Name in linkage schemas.
    pub name: &'static str,
    /// A short description of its values.
    pub description: &'static str,
    /// Levels from tight to loose.
    pub levels: &'static [&'static str],
    /// The level that a schema gets when it names none; one of `levels`.
    pub default_level: &'static str,
    /// Whether values have a check digit; their canonical form is `valid`.
    pub checked: bool,
    /// The attribute of a person that values give.
    pub role: Role,
    /// Suitable lengths of q-grams: short words need single characters, too.
    pub grams: &'static [u8],
    /// Whether values are readings of a name, not its spelling.
    pub reading: bool,
    /// The kinds of family and given name into which a whole name can be split.
    pub parts: Option<[&'static str; 2]>,
}

/// The attribute of a person that a kind gives; `schema init` proposes a schema from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Family and given name together.
    FullName,
    /// Family name.
    FamilyName,
    /// Given names.
    GivenName,
    /// Date of birth.
    Date,
    /// Sex.
    Sex,
    /// A whole address.
    Address,
    /// Street and house; the town is in another column.
    Street,
    /// A town or region.
    Place,
    /// A postal code.
    Postcode,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// Anything else; never proposed for a schema.
    Other,
}

/// A kind without a role, with bigrams.
pub(crate) const fn kind(
    name: &'static str,
    description: &'static str,
    levels: &'static [&'static str],
    default_level: &'static str,
) -> Kind {
    let (role, grams) = (Role::Other, &[2]);
    Kind {
        name,
        description,
        levels,
        default_level,
        checked: false,
        role,
        grams,
        reading: false,
        parts: None,
    }
}

impl Kind {
    pub(crate) const fn role(self, role: Role) -> Self {
        Self { role, ..self }
    }

    pub(crate) const fn grams(self, grams: &'static [u8]) -> Self {
        Self { grams, ..self }
    }

    pub(crate) const fn parts(self, family: &'static str, given: &'static str) -> Self {
        Self { parts: Some([family, given]), ..self }
    }

    /// Names as they are read.
    pub(crate) const fn read(self) -> Self {
        Self { reading: true, ..self }
    }

    /// Numbers with a check digit.
    pub(crate) const fn checked(self) -> Self {
        Self { checked: true, ..self }
    }
}
