// These tests wait for other processes far more than they compute: six at a time suit two cores.
[assembly: CollectionBehavior(MaxParallelThreads = 6)]
