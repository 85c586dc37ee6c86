// Skeleton; see design.md section 2.
