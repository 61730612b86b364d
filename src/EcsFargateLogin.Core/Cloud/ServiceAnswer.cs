namespace EcsFargateLogin.Cloud;

/// <summary>AWS's refusal of a request, in AWS's own words.</summary>
/// <param name="ErrorCode">AWS's code for it, such as ClusterNotFoundException; null when the answer had none.</param>
/// <param name="Message">AWS's words for it; must hold no secret.</param>
internal sealed record ServiceAnswer(string? ErrorCode, string Message)
{
    /// <summary>AWS's id of the request.</summary>
    internal string? RequestId { get; init; }

    /// <summary>The HTTP status of the answer.</summary>
    internal int? StatusCode { get; init; }

    /// <summary>The exception it arrived as; null where that one's text may hold a secret.</summary>
    internal Exception? Exception { get; init; }

    /// <summary>The answer as a sentence of a message.</summary>
    internal string Quoted => (ErrorCode, string.IsNullOrWhiteSpace(Message)) switch
    {
        (null, true) => "AWS gave no reason.",
        (null, false) => $"AWS said: {Sentence}",
        (_, true) => $"AWS said: {ErrorCode}.",
        _ => $"AWS said: {ErrorCode}: {Sentence}",
    };

    /// <summary>Makes the error that an answer stands for; AWS's own words follow the message.</summary>
    internal static FargateException ErrorOf(
        FargateError error, ServiceAnswer answer, string? target, string message, string nextStep) =>
        new(error, $"{message} {answer.Quoted}", nextStep, answer.Exception)
        {
            Target = target,
            ErrorCode = answer.ErrorCode,
            RequestId = answer.RequestId,
            StatusCode = answer.StatusCode,
        };

    private string Sentence => Message.TrimEnd().EndsWith('.') ? Message.Trim() : $"{Message.Trim()}.";
}
