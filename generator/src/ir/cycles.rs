//! Cycles in what types are made of.

/// The ways that lead back to where they began: each from the first node that is met to the one that leads back to it.
/// Without their last steps there are no cycles left.
pub fn cycles(count: usize, next: impl Fn(usize) -> Vec<usize>) -> Vec<Vec<usize>> {
    let mut found = Vec::new();
    let mut seen = vec![false; count];
    for start in 0..count {
        if seen[start] {
            continue;
        }
        // The way to the node at hand, with the steps from each that have not been taken yet.
        let mut way: Vec<(usize, std::vec::IntoIter<usize>)> = vec![(start, next(start).into_iter())];
        let mut on_way = vec![start];
        seen[start] = true;
        while let Some((_, steps)) = way.last_mut() {
            let Some(step) = steps.next() else {
                way.pop();
                on_way.pop();
                continue;
            };
            if let Some(first) = seen[step].then(|| on_way.iter().position(|one| *one == step)).flatten() {
                found.push(on_way[first..].to_vec());
            } else if !seen[step] {
                seen[step] = true;
                on_way.push(step);
                way.push((step, next(step).into_iter()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::cycles;

    #[test]
    fn every_way_back_is_found_once() {
        let steps = [vec![1], vec![2, 1], vec![0, 3], vec![], vec![4]];
        assert_eq!(cycles(5, |node| steps[node].clone()), [vec![0, 1, 2], vec![1], vec![4]]);
    }

    #[test]
    fn a_long_way_needs_no_stack() {
        assert_eq!(cycles(1_000_000, |node| (node < 999_999).then_some(node + 1).into_iter().collect()).len(), 0);
    }
}
