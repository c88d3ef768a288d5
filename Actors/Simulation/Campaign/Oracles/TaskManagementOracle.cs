using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>The answers to task management functions are those that SAM-5 clause 7 knows: a function that there is, for a logical unit that there is, is
/// carried out and answered FUNCTION COMPLETE, whether or not it found anything to do; a query says what is so.</summary>
/// <param name="context">Of the run.</param>
internal sealed class TaskManagementOracle(OracleContext context) : LogicalUnitOracle("task-management", context)
{
    private sealed record Question(string Client, ExecuteTaskManagement Function, TimeSpan Since);

    /// <summary>What was the case when a query came.</summary>
    private readonly record struct Before(long Came, bool HadTask);

    private readonly Dictionary<ulong, Question> _asked = [];
    private readonly Dictionary<(string Unit, ItNexus It, ulong Association), Before> _queries = [];
    private bool _busWasReset;

    /// <inheritdoc/>
    public override void Observe(in Observed seen)
    {
        switch (seen.Message)
        {
            case ExecuteTaskManagement function when Parties.IsClient(seen.From):
                _asked[function.Id] = new Question(seen.From, function, seen.Time);
                break;
            case TaskManagementExecuted executed when Parties.IsClient(seen.To) && _asked.Remove(executed.Id, out var question):
                Judge(seen.Time, question, executed);
                break;
            case BusReset:
                _busWasReset = true;
                break;
            default:
                base.Observe(seen);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void Asked(TimeSpan time, string unit, TaskManagementRequestReceived request)
    {
        var has = request.Function switch
        {
            TaskManagementFunction.QueryTask => Watch.Find(unit, request.Nexus) is { MayBeAborting: false },
            TaskManagementFunction.QueryTaskSet => TasksOf(unit).Exists(task => task.It == request.Nexus.It),
            _ => false,
        };
        _queries[(unit, request.Nexus.It, request.Association)] = new Before(Now, has);
    }

    /// <inheritdoc/>
    protected override void Executed(TimeSpan time, string unit, TaskManagementFunctionExecuted executed)
    {
        _queries.Remove((unit, executed.Nexus.It, executed.Association), out var before);
        var isRefused = executed.Response is not (ServiceResponse.FunctionComplete or ServiceResponse.FunctionSucceeded);
        var isQuery = RunWatch.IsQuery(executed.Function);
        var about = FindingSubject.Of(executed.Nexus);
        if (isRefused && executed.Function != TaskManagementFunction.ClearAca)
            Find(time, $"{unit} answered {executed.Function} of {executed.Nexus} with {executed.Response}, but has to carry it out", about);
        else if (executed.Response == ServiceResponse.FunctionSucceeded && !isQuery)
            Find(time, $"{unit} answered {executed.Function} of {executed.Nexus} with {executed.Response}, which is an answer to queries", about);
        else if (executed is { Function: TaskManagementFunction.QueryTask, Response: ServiceResponse.FunctionSucceeded } && !before.HadTask)
            Find(time, $"{unit} said that {executed.Nexus} is in its task set, but it was not when that was asked", about);
    }

    private void Judge(TimeSpan time, Question question, TaskManagementExecuted executed)
    {
        var function = question.Function;
        var isThere = function.Target < Scenario.Targets && function.Lun.Number < Scenario.Luns;
        var expected = Expected(question, isThere);
        if (executed.Response != expected && !IsAlsoLegal(question, executed.Response, isThere))
            Find(time, $"{function.Function} (step {function.Id}) of {question.Client} ended with {executed.Response}; it should have been {expected}",
                FindingSubject.Of(function, question.Since));
    }

    private ServiceResponse Expected(Question question, bool isThere)
    {
        var function = question.Function;
        var isOnBus = Parties.PortOf(question.Client) == ScenarioPort.Adapter;
        if (isOnBus && !HasMessage(function.Function))
            return ServiceResponse.FunctionRejected;
        if (function.Target >= Scenario.Targets)
            return ServiceResponse.ServiceDeliveryOrTargetFailure;
        // A bus has no way to say that there is no such logical unit.
        return isThere || isOnBus || function.Function is TaskManagementFunction.TargetReset or TaskManagementFunction.ItNexusReset
            ? ServiceResponse.FunctionComplete : ServiceResponse.IncorrectLogicalUnitNumber;
    }

    private bool IsAlsoLegal(Question question, ServiceResponse response, bool isThere)
    {
        var isOnBus = Parties.PortOf(question.Client) == ScenarioPort.Adapter;
        return response switch
        {
            ServiceResponse.FunctionSucceeded => isThere && RunWatch.IsQuery(question.Function.Function),
            ServiceResponse.FunctionRejected => isThere && question.Function.Function == TaskManagementFunction.ClearAca,
            // What the driver does not find under way needs no message.
            ServiceResponse.FunctionComplete => isOnBus && question.Function.Function == TaskManagementFunction.AbortTask,
            // A reset of the bus takes the message away with everything else.
            ServiceResponse.ServiceDeliveryOrTargetFailure => isOnBus && _busWasReset,
            _ => false,
        };
    }

    // SPI-3 16.5 has messages for these only.
    private static bool HasMessage(TaskManagementFunction function) => function is TaskManagementFunction.AbortTask or TaskManagementFunction.AbortTaskSet
        or TaskManagementFunction.ClearTaskSet or TaskManagementFunction.LogicalUnitReset or TaskManagementFunction.TargetReset;
}
