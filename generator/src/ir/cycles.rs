//! Finds cycles in types.

/// Finds the ways that lead back to where they began: each from the first node that is met to the one that leads back to
/// it. Without their last steps there are no cycles left.
pub fn cycles(count: usize, next: impl Fn(usize) -> Vec<usize>, mut found: impl FnMut(&[usize])) {
    let mut seen = vec![false; count];
    // Where on the way each node is that is on it.
    let mut place: Vec<Option<usize>> = vec![None; count];
    for start in 0..count {
        if seen[start] {
            continue;
        }
        // The way to the node at hand, with the steps from each that have not been taken yet.
        let mut steps: Vec<std::vec::IntoIter<usize>> = vec![next(start).into_iter()];
        let mut way = vec![start];
        (seen[start], place[start]) = (true, Some(0));
        while let Some(open) = steps.last_mut() {
            let Some(step) = open.next() else {
                steps.pop();
                way.pop().into_iter().for_each(|left| place[left] = None);
                continue;
            };
            if let Some(first) = place[step] {
                found(&way[first..]);
            } else if !std::mem::replace(&mut seen[step], true) {
                place[step] = Some(way.len());
                way.push(step);
                steps.push(next(step).into_iter());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::cycles;

    fn all(count: usize, next: impl Fn(usize) -> Vec<usize>) -> Vec<Vec<usize>> {
        let mut found = Vec::new();
        cycles(count, next, |way| found.push(way.to_vec()));
        found
    }

    #[test]
    fn every_way_back_is_found_once() {
        let steps = [vec![1], vec![2, 1], vec![0, 3], vec![], vec![4]];
        assert_eq!(all(5, |node| steps[node].clone()), [vec![0, 1, 2], vec![1], vec![4]]);
    }

    #[test]
    fn a_long_way_needs_no_stack() {
        assert_eq!(all(1_000_000, |node| (node < 999_999).then_some(node + 1).into_iter().collect()).len(), 0);
    }
}
