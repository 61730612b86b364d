namespace EcsFargateLogin.Foundation;

/// <summary>Finds the name that the user meant by a mistyped one.</summary>
internal static class NearestName
{
    /// <summary>Returns the most similar name, ignoring case; null where none is similar.</summary>
    public static string? Of(string typed, IEnumerable<string> names)
    {
        // More than a third of the letters is not a typing error.
        var limit = Math.Max(1, typed.Length / 3);
        return names
            .Select(name => (Name: name, Distance: Distance(typed.ToUpperInvariant(), name.ToUpperInvariant())))
            .Where(candidate => candidate.Distance <= limit)
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();
    }

    /// <summary>
    /// Returns the edit distance with transpositions (optimal string alignment): the number of letters to insert, delete, replace
    /// or swap with their neighbour.
    /// </summary>
    public static int Distance(string from, string to)
    {
        var distances = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                distances[i, j] = (i, j) switch
                {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => Math.Min(
                        Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1,
                        distances[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1)),
                };
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    distances[i, j] = Math.Min(distances[i, j], distances[i - 2, j - 2] + 1);
                }
            }
        }

        return distances[from.Length, to.Length];
    }
}
