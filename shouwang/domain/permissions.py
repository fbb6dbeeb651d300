"""What a person can do, and which acts on one case need different people.

Who holds a permission is the part of `roles`; over which households it reaches, that of `scope`.
"""

from collections.abc import Iterable
from enum import StrEnum


class Permission(StrEnum):
    """One thing a person can do; each page, export and command asks for one."""

    SEE_TOTALS = "see_totals"
    SEE_HOUSEHOLDS = "see_households"
    SEE_NAMES = "see_names"
    SEE_CHILD_NAMES = "see_child_names"
    SEE_INCOME = "see_income"
    SEE_HEALTH = "see_health"
    SEE_LEGAL_EVENTS = "see_legal_events"
    UNMASK_NAMES = "unmask_names"
    UNMASK_ID_NUMBERS = "unmask_id_numbers"
    UNMASK_PHONES = "unmask_phones"
    UNMASK_ACCOUNTS = "unmask_accounts"
    UNMASK_HEALTH = "unmask_health"
    EDIT_HOUSEHOLD = "edit_household"
    MOVE_HOUSEHOLD = "move_household"
    REPORT_CLUE = "report_clue"
    DISPATCH_CLUE = "dispatch_clue"
    CHECK_CLUE = "check_clue"
    GIVE_VERDICT = "give_verdict"
    RECORD_AUTHORISATION = "record_authorisation"
    REQUEST_COMPARISON = "request_comparison"
    ANSWER_COMPARISON = "answer_comparison"
    RECORD_APPRAISAL = "record_appraisal"
    POST_NOTICE = "post_notice"
    RECORD_OBJECTION = "record_objection"
    ANSWER_OBJECTION = "answer_objection"
    OPEN_GREEN_CHANNEL = "open_green_channel"
    REVIEW_CASE = "review_case"
    CONFIRM_CASE = "confirm_case"
    ANNOUNCE_CASE = "announce_case"
    ASSIGN_CONTACT = "assign_contact"
    DRAW_UP_PLAN = "draw_up_plan"
    APPROVE_PLAN = "approve_plan"
    RECORD_MEASURE = "record_measure"
    RECORD_VISIT = "record_visit"
    SEND_TASK = "send_task"
    ANSWER_TASK = "answer_task"
    PROPOSE_ELIMINATION = "propose_elimination"
    REVIEW_ELIMINATION = "review_elimination"
    CONFIRM_ELIMINATION = "confirm_elimination"
    LOOK_BACK = "look_back"
    REQUEST_ROLLBACK = "request_rollback"
    REVIEW_ROLLBACK = "review_rollback"
    CONFIRM_ROLLBACK = "confirm_rollback"
    FORWARD_ROLLBACK = "forward_rollback"
    APPROVE_ROLLBACK = "approve_rollback"
    HOLD_MEETING = "hold_meeting"
    RAISE_PROBLEM = "raise_problem"
    ANSWER_PROBLEM = "answer_problem"
    PRINT_DOCUMENT = "print_document"
    REQUEST_EXPORT = "request_export"
    APPROVE_EXPORT = "approve_export"
    DELIVER_DATA = "deliver_data"
    IMPORT_DATA = "import_data"
    RUN_SCREENING = "run_screening"
    BREAK_GLASS = "break_glass"
    MANAGE_USERS = "manage_users"
    MANAGE_ROLES = "manage_roles"
    MANAGE_SETTINGS = "manage_settings"
    BACK_UP = "back_up"
    READ_AUDIT = "read_audit"
    VERIFY_AUDIT = "verify_audit"

    @property
    def label(self) -> str:
        """Give the Chinese name."""
        return PERMISSION_LABELS[self]


PERMISSION_LABELS = {
    Permission(name): label
    for name, label in (
        line.split()
        for line in """
        see_totals 查看汇总数据
        see_households 查看农户
        see_names 查看姓名
        see_child_names 查看未满十四周岁儿童姓名
        see_income 查看收入支出
        see_health 查看健康和残疾情况
        see_legal_events 查看公安信访事项
        unmask_names 凭理由查看完整姓名
        unmask_id_numbers 凭理由查看完整证件号码
        unmask_phones 凭理由查看完整电话号码
        unmask_accounts 凭理由查看完整银行账号
        unmask_health 凭理由查看病种和诊断
        edit_household 修改农户信息
        move_household 办理农户迁移、分户、并户
        report_clue 上报线索
        dispatch_clue 派发线索
        check_clue 入户核查线索
        give_verdict 作出线索处置结论
        record_authorisation 登记承诺授权
        request_comparison 发起信息比对
        answer_comparison 反馈信息比对
        record_appraisal 登记民主评议
        post_notice 发布公示
        record_objection 登记异议
        answer_objection 办理异议
        open_green_channel 启用绿色通道
        review_case 乡镇审核
        confirm_case 县级确认
        announce_case 发布公告
        assign_contact 指定监测联系人
        draw_up_plan 制定帮扶计划
        approve_plan 审定帮扶计划
        record_measure 登记帮扶措施
        record_visit 登记走访
        send_task 派发部门任务
        answer_task 办理部门任务
        propose_elimination 提出风险消除
        review_elimination 乡镇审核风险消除
        confirm_elimination 县级确认风险消除
        look_back 回头看
        request_rollback 申请回退或清退
        review_rollback 乡镇审核回退或清退
        confirm_rollback 县级确认回退或清退
        forward_rollback 市级转报回退或清退
        approve_rollback 省级批准回退或清退
        hold_meeting 召开月度研判
        raise_problem 提出督导问题
        answer_problem 整改督导问题
        print_document 打印文书
        request_export 申请导出
        approve_export 审批导出
        deliver_data 推送部门数据
        import_data 导入数据
        run_screening 运行监测筛查
        break_glass 紧急越界查看
        manage_users 管理账号
        manage_roles 授予和收回角色
        manage_settings 管理系统设置
        back_up 备份和恢复
        read_audit 查看审计日志
        verify_audit 校验审计日志
        """.strip().splitlines()
    )
}

# Maker and checker: on one case, who did one step of a line cannot do another step of that line.
SEPARATE_STEPS = (
    (Permission.CHECK_CLUE, Permission.GIVE_VERDICT),
    (Permission.RECORD_APPRAISAL, Permission.REVIEW_CASE, Permission.CONFIRM_CASE),
    (Permission.RECORD_APPRAISAL, Permission.ANSWER_OBJECTION),
    (Permission.ANSWER_COMPARISON, Permission.REVIEW_CASE, Permission.CONFIRM_CASE),
    (Permission.DRAW_UP_PLAN, Permission.APPROVE_PLAN),
    (Permission.PROPOSE_ELIMINATION, Permission.REVIEW_ELIMINATION, Permission.CONFIRM_ELIMINATION),
    (Permission.CONFIRM_ELIMINATION, Permission.LOOK_BACK),
    (
        Permission.REQUEST_ROLLBACK,
        Permission.REVIEW_ROLLBACK,
        Permission.CONFIRM_ROLLBACK,
        Permission.FORWARD_ROLLBACK,
        Permission.APPROVE_ROLLBACK,
    ),
    (Permission.RAISE_PROBLEM, Permission.ANSWER_PROBLEM),
    (Permission.REQUEST_EXPORT, Permission.APPROVE_EXPORT),
)


def excluded_by(done: Iterable[Permission], wanted: Permission) -> Permission | None:
    """Return the step that the same person has done on this case and that excludes `wanted`, or None.

    Doing the same step again (after a sending back) is not excluded.
    """
    before = set(done)
    for line in SEPARATE_STEPS:
        if wanted in line:
            for step in line:
                if step is not wanted and step in before:
                    return step
    return None
