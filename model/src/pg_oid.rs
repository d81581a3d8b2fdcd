//! Which array types of PostgreSQL are made of which elements
//! (<https://github.com/postgres/postgres/blob/REL_15_STABLE/src/include/catalog/pg_type.dat>).

/// Arrays and their elements.
const ARRAYS: [(u32, u32); 20] = [
    (1000, 16),
    (1001, 17),
    (1002, 18),
    (1016, 20),
    (1005, 21),
    (1007, 23),
    (1009, 25),
    (199, 114),
    (1021, 700),
    (1022, 701),
    (1014, 1042),
    (1015, 1043),
    (1182, 1082),
    (1183, 1083),
    (1115, 1114),
    (1185, 1184),
    (1187, 1186),
    (1231, 1700),
    (2951, 2950),
    (3807, 3802),
];

/// The oid of the elements of an array type.
pub fn element_of(array: u32) -> Option<u32> {
    ARRAYS.iter().find(|(one, _)| *one == array).map(|(_, element)| *element)
}

/// The oid of the type of arrays of such elements.
pub fn array_of(element: u32) -> Option<u32> {
    ARRAYS.iter().find(|(_, one)| *one == element).map(|(array, _)| *array)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_and_elements_lead_to_each_other() {
        for (array, element) in ARRAYS {
            assert_eq!((element_of(array), array_of(element)), (Some(element), Some(array)));
        }
        assert_eq!((element_of(23), array_of(1007)), (None, None));
    }
}
