/** Number types of AssemblyScript, in constants that both compilers read. */
type i32 = number;
type usize = number;
