using System.Globalization;
using System.Text;
using LocalFargate.Protocol;

namespace LocalFargate.Faults;

/// <summary>The request is refused because there are too many of them.</summary>
public sealed record Throttling : RequestFault
{
    internal override Task BeforeAsync(AwsCall call) => throw (call.IsQuery
        ? new AwsException("RequestLimitExceeded", "Request limit exceeded.", 503)
        : new AwsException("ThrottlingException", "Rate exceeded"));
}

/// <summary>The request is refused because the caller lacks the permission.</summary>
public sealed record AccessDenied : RequestFault
{
    internal override Task BeforeAsync(AwsCall call) => throw (call.IsQuery
        ? new AwsException(
            "UnauthorizedOperation",
            $"You are not authorized to perform this operation. User: {call.CallerArn} is not authorized to perform: "
            + $"{call.Action} because no identity-based policy allows the {call.Action} action",
            403)
        : new AwsException(
            "AccessDeniedException",
            $"User: {call.CallerArn} is not authorized to perform: {call.Action} on resource: * "
            + $"because no identity-based policy allows the {call.Action} action"));
}

/// <summary>The request is refused because its temporary credentials are over.</summary>
public sealed record ExpiredCredentials : RequestFault
{
    internal override Task BeforeAsync(AwsCall call) => throw Signing.AuthenticationErrors.ExpiredToken(call.Service);
}

/// <summary>The service fails.</summary>
public sealed record ServerError : RequestFault
{
    /// <summary>The HTTP status, 500 or above.</summary>
    public int Status { get; init; } = 500;

    internal override Task BeforeAsync(AwsCall call) => throw (call.IsQuery
        ? new AwsException("InternalError", "An internal error has occurred", Status)
        : new AwsException("ServerException", "Service Unavailable. Please try again later.", Status));
}

/// <summary>Something between the caller and AWS answers with a page of its own.</summary>
public sealed record HtmlAnswer : RequestFault
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; init; } = 502;

    /// <summary>The page.</summary>
    public string Page { get; init; } = "<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>";

    internal override async Task BeforeAsync(AwsCall call)
    {
        call.Http.Response.StatusCode = Status;
        call.Http.Response.ContentType = "text/html; charset=utf-8";
        await call.Http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Page), call.Http.RequestAborted);
        call.IsAnswered = true;
    }
}

/// <summary>The agent of ECS Exec is not connected, although it runs.</summary>
public sealed record TargetNotConnected : RequestFault
{
    /// <summary>Makes one of ExecuteCommand; StartSession is the other operation that it happens to.</summary>
    public TargetNotConnected() => Operation = "ExecuteCommand";

    internal override Task BeforeAsync(AwsCall call) => throw (call.Operation.Name == "StartSession"
        ? Services.SsmService.TargetNotConnected((string)call.Parameters["Target"]!)
        : Services.EcsErrors.TargetNotConnected());
}

/// <summary>The operation is performed, and the connection is cut before its reply is sent.</summary>
public sealed record LostReply : RequestFault
{
    internal override Task AfterAsync(AwsCall call)
    {
        call.Http.Abort();
        call.IsAnswered = true;
        return Task.CompletedTask;
    }
}

/// <summary>The operation is performed, and its reply is sent late.</summary>
public sealed record DelayedReply : RequestFault
{
    /// <summary>How late.</summary>
    public required TimeSpan Delay { get; init; }

    internal override Task AfterAsync(AwsCall call) =>
        Task.Delay(Delay, call.Stopping).ContinueWith(_ => { }, TaskScheduler.Default);
}

/// <summary>The reply's Date differs from the time of this machine.</summary>
public sealed record ClockOff : RequestFault
{
    /// <summary>How far the server is ahead.</summary>
    public required TimeSpan By { get; init; }

    internal override Task BeforeAsync(AwsCall call)
    {
        call.Http.Response.Headers.Date = (DateTimeOffset.UtcNow + By).ToString("R", CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }
}

/// <summary>A fault of a request or of its reply.</summary>
public abstract record RequestFault : Fault
{
    /// <summary>The operation it happens to, such as DescribeTasks; null for all of them.</summary>
    public string? Operation { get; init; }

    /// <summary>Before the operation is performed.</summary>
    internal virtual Task BeforeAsync(AwsCall call) => Task.CompletedTask;

    /// <summary>After the operation was performed, before its reply is sent.</summary>
    internal virtual Task AfterAsync(AwsCall call) => Task.CompletedTask;
}
