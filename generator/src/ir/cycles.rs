//! Finds cycles in a graph.

/// Calls `on_cycle` with the nodes of each cycle that a depth-first search finds. Each cycle has an edge from
/// its last node to its first node. If all these edges are removed, the graph has no cycles.
pub fn for_each_cycle(node_count: usize, successors: impl Fn(usize) -> Vec<usize>, mut on_cycle: impl FnMut(&[usize])) {
    let mut visited = vec![false; node_count];
    // The position of each node in `path`. `None` if the node is not in `path`.
    let mut position_in_path: Vec<Option<usize>> = vec![None; node_count];
    for start in 0..node_count {
        if visited[start] {
            continue;
        }
        // The path from `start` to the current node. `pending` has the remaining successors of each node in the path.
        let mut path = vec![start];
        let mut pending: Vec<std::vec::IntoIter<usize>> = vec![successors(start).into_iter()];
        (visited[start], position_in_path[start]) = (true, Some(0));
        while let Some(remaining_successors) = pending.last_mut() {
            let Some(successor) = remaining_successors.next() else {
                pending.pop();
                path.pop().into_iter().for_each(|node| position_in_path[node] = None);
                continue;
            };
            if let Some(first) = position_in_path[successor] {
                on_cycle(&path[first..]);
            } else if !std::mem::replace(&mut visited[successor], true) {
                position_in_path[successor] = Some(path.len());
                path.push(successor);
                pending.push(successors(successor).into_iter());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::for_each_cycle;

    fn cycles(node_count: usize, successors: impl Fn(usize) -> Vec<usize>) -> Vec<Vec<usize>> {
        let mut cycles = Vec::new();
        for_each_cycle(node_count, successors, |cycle| cycles.push(cycle.to_vec()));
        cycles
    }

    #[test]
    fn finds_each_cycle_once() {
        let successors = [vec![1], vec![2, 1], vec![0, 3], vec![], vec![4]];
        assert_eq!(cycles(5, |node| successors[node].clone()), [vec![0, 1, 2], vec![1], vec![4]]);
    }

    #[test]
    fn a_long_path_does_not_overflow_the_stack() {
        assert_eq!(cycles(1_000_000, |node| (node < 999_999).then_some(node + 1).into_iter().collect()).len(), 0);
    }
}
